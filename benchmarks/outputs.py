"""What feeds cost: CPU time of a feed that is asked for again, of a 304, and of one made anew, beside a bare Flask answer of as many bytes.

    python -m benchmarks.outputs [--articles 2000] [--requests 2000]

Prints milliseconds of CPU and requests per second and core, and the ratio to the bare answer of the same run, since machines differ.
"""

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response

from aggregator.app import build
from aggregator.settings import Settings
from benchmarks.map import chosen, fill
from web.factory import create_app

PATHS = ("/stream.rss", "/stream.atom", "/stream.json", "/stream.rss?items=articles")
CODINGS = ("identity", "gzip", "br")
WARM = 20


def bare(body: bytes) -> Flask:
    """An application that answers with these bytes and does nothing else."""
    flask = Flask("bare", static_folder=None)
    flask.add_url_rule("/bare", "bare", lambda: Response(body, content_type="application/rss+xml"))
    return flask


def environ(flask: Flask, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """A request as a server hands it over."""
    return flask.test_client().get(path, headers=headers).request.environ


def spent_ms(flask: Flask, path: str, headers: Mapping[str, str], requests: int, status: int) -> float:
    """CPU milliseconds of one answer: WSGI call and body, without a server or a test client."""
    made = environ(flask, path, headers)
    keep = {name: value for name, value in made.items() if not name.startswith(("werkzeug.", "flask."))}
    answered: list[str] = []

    def start(line: str, _headers: Any, _info: Any = None) -> Any:
        answered.append(line)

    def once() -> None:
        parts = flask(dict(keep), start)
        for _ in parts:
            pass
        if hasattr(parts, "close"):
            parts.close()

    for _ in range(WARM):
        once()
    begun = time.process_time()
    for _ in range(requests):
        once()
    spent = (time.process_time() - begun) * 1000 / requests
    assert all(line.startswith(str(status)) for line in answered), set(answered)
    return spent


def main() -> None:
    """Fill a data folder, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=2_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontwire-") as folder:
        app = build(Settings(data_dir=Path(folder)))
        fill(app, wanted.articles, chosen(app, 400))
        flask = create_app(app)
        for path in PATHS:
            begun = time.process_time()
            first = flask.test_client().get(path)
            fresh = (time.process_time() - begun) * 1000
            floor = spent_ms(bare(first.data), "/bare", {}, wanted.requests, 200)
            print(f"{path}: {len(first.data):,} bytes, made anew in {fresh:.1f} ms; bare answer {floor:.3f} ms")
            for coding in CODINGS:
                headers = {"Accept-Encoding": coding}
                told = flask.test_client().get(path, headers=headers)
                cached = spent_ms(flask, path, headers, wanted.requests, 200)
                unchanged = spent_ms(flask, path, {**headers, "If-None-Match": told.headers["ETag"]}, wanted.requests, 304)
                print(
                    f"  {coding:9} {len(told.data):8,} bytes: kept {cached:.3f} ms ({1000 / cached:,.0f}/s, {cached / floor:.1f} x bare),"
                    f" 304 {unchanged:.3f} ms ({unchanged / floor:.1f} x)"
                )
        app.close()


if __name__ == "__main__":
    main()
