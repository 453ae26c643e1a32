"""The broker as the product sees it: where it is, whether it answers, how much waits in its queues.

``frontwire up`` writes the address of its embedded Valkey, with its password, into ``service.json`` in the data folder (mode 0600),
so that commands and the web server find it; FRONTWIRE_BROKER_URL comes before that.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import redis

from aggregator.errors import BrokerError
from aggregator.settings import Settings, mask_url

QUEUES = ("fetch", "process", "serial")
CONNECTION: Mapping[str, Any] = {
    # Without time-outs a connection that was dropped without a word stops a worker for ever.
    "socket_timeout": 15,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}


def service_file(settings: Settings) -> Path:
    return settings.data_dir / "service.json"


def note_service(settings: Settings, facts: Mapping[str, Any]) -> None:
    """Write what runs here, readable by its owner alone, in one step."""
    path = service_file(settings)
    draft = path.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(dict(facts), file)
    draft.replace(path)


def noted_service(settings: Settings) -> dict[str, Any]:
    """What ``note_service`` wrote last; empty if nothing ran here yet."""
    try:
        facts: dict[str, Any] = json.loads(service_file(settings).read_text())
    except FileNotFoundError:
        return {}
    return facts


def broker_url(settings: Settings) -> str:
    """Address of the broker. Raises BrokerError if there is none."""
    url = settings.broker_url or str(noted_service(settings).get("broker_url", ""))
    if not url:
        raise BrokerError("No broker is known: start the service with `frontwire up`, or set FRONTWIRE_BROKER_URL.")
    return url


@dataclass(frozen=True)
class Broker:
    """A Redis or Valkey at ``url``."""

    url: str

    @cached_property
    def client(self) -> redis.Redis:
        """A client, safe for threads; it connects at its first command."""
        client: redis.Redis = redis.Redis.from_url(self.url, **CONNECTION)
        return client

    def waiting(self) -> dict[str, int]:
        """Messages waiting by queue. Raises BrokerError if the broker does not answer."""
        try:
            with self.client.pipeline(transaction=False) as pipeline:
                for queue in QUEUES:
                    pipeline.llen(queue)
                return dict(zip(QUEUES, map(int, pipeline.execute()), strict=True))
        except redis.RedisError as error:
            raise BrokerError(f"The broker at {mask_url(self.url)} does not answer: {error}") from error
