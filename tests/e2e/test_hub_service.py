"""The hub with the whole service: its own workers ask the callback, see what is new, and deliver it, over a restart as well."""

import json
import time
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.e2e.hub import call, hub
from tests.e2e.service import Service, add_feeds
from tests.fetch.loopback import Exchange, Handler, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


class Reader(dict[str, Handler]):
    """What subscribed: it agrees to what it is asked, at whatever address, and takes deliveries, unless it is ``down``."""

    def __init__(self) -> None:
        super().__init__()
        self.down = False
        self.got: list[tuple[float, bytes]] = []

    def get(self, key: str, default: object = None) -> Handler:
        return self.answer

    def answer(self, exchange: Exchange) -> None:
        if self.down:
            exchange.answer(503)
        elif exchange.method == "POST":
            self.got.append((time.monotonic(), exchange.body))
            exchange.answer(204)
        else:
            exchange.answer(200, parse_qs(urlsplit(exchange.path).query)["hub.challenge"][0].encode())

    def has(self, words: bytes) -> bool:
        return any(words in body for _, body in self.got)


def test_what_is_read_here_is_pushed_to_whoever_subscribed(tmp_path: Path) -> None:
    service = Service(tmp_path / "var", FRONTWIRE_HUB="yes", FRONTWIRE_WEBSUB="no")
    service.environment["FRONTWIRE_BASE_URL"] = service.base
    reader = Reader()
    with hub() as courier, serving(reader) as server, service:
        add_feeds(service, {courier.topic: "The Courier"})
        topic = f"{service.base}/stream.rss?q=engineers&items=articles"
        form = urlencode({"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": server.url("/push"), "hub.secret": "hush"})
        asked = call("POST", f"{service.base}/hub", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"})
        assert asked[0] == 202, asked

        def listed() -> dict[str, object]:
            lines = service.command("hub", "list", "--json").stdout.splitlines()
            return dict(json.loads(lines[0])) if lines else {}

        service.wait(lambda: bool(listed().get("lease_until")), 60, "the callback to be asked")
        courier.publish("First", "Engineers closed the bridge at Kupiansk")
        begun = time.monotonic()
        service.poll_now()
        service.wait(lambda: reader.has(b"Engineers closed"), 90, "what is new to be delivered")
        print(f"delivered {reader.got[0][0] - begun:.1f} s after the feed was due")

        reader.down = True
        courier.publish("First", "Engineers open the dam at Izium")
        service.poll_now()
        service.wait(lambda: bool(listed().get("failures")), 90, "a delivery to fail")
        service.stop()
        reader.down = False
        service.start()
        service.wait(lambda: reader.has(b"Engineers open the dam"), 120, "what could not be delivered")
        assert listed()["failures"] == 0
