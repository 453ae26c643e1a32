"""``python -m web.serve``: the web server (gunicorn, threads), as the supervisor or a compose file starts it."""

import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from aggregator import lifeline
from aggregator.app import build
from aggregator.errors import FrontwireError
from aggregator.settings import Settings, load
from web.factory import create_app

WORKERS = 2
THREADS = 8


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our settings; the application is made in each worker after the fork."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "worker_tmp_dir": None,
            "timeout": 60,
            "graceful_timeout": 4,
            "keepalive": 5,
            "max_requests": 20_000,
            "max_requests_jitter": 2_000,
            "loglevel": self.settings.log_level.lower(),
            "proc_name": "frontwire-web",
            "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return create_app(build(self.settings))


def main() -> None:
    """Entry point of the web server."""
    lifeline.watch()
    try:
        settings = load()
        trial = build(settings)
        trial.store.check()
        trial.close()
        Server(settings).run()
    except FrontwireError as error:
        sys.exit(f"frontwire web: {error}")


if __name__ == "__main__":
    main()
