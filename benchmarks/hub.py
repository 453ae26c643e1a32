"""What the hub costs: CPU time of a look at a feed that has subscribers and of a delivery, web server and worker together.

    python -m benchmarks.hub [--articles 2000] [--topics 60] [--deliveries 200]

A look costs most when the index moved on, since the feed is then rendered anew, whether it has news or not. Callbacks answer at once, on
loopback; their share is counted too.
"""

import argparse
import ipaddress
import tempfile
import threading
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request
from werkzeug.serving import make_server

from aggregator.app import App, build
from aggregator.hub import HubRequest, Mode
from aggregator.settings import Settings
from benchmarks.map import chosen, fill
from web.factory import create_app

FORMS = ("rss", "atom", "json")


def callbacks() -> Flask:
    """Everybody agrees to everything."""
    flask = Flask("callbacks", static_folder=None)
    flask.add_url_rule("/<n>", "push", lambda n: Response(request.args.get("hub.challenge", "")), methods=["GET", "POST"])
    return flask


def per(what: str, times: int, begun: float) -> None:
    """Print the CPU milliseconds of one of them."""
    print(f"{what:44} {(time.process_time() - begun) * 1000 / times:7.2f} ms of CPU")


def measure(app: App, callback: str, topics: int, deliveries: int) -> None:
    """Subscribe, look, deliver."""
    assert app.distributing is not None
    now, hub = app.clock.now, app.store.hub
    begun = time.process_time()
    for number in range(topics):
        path = f"/stream.{FORMS[number % 3]}?q=report&limit={50 + number // 3}"  # each another document
        hub.ask(HubRequest(Mode.SUBSCRIBE, app.settings.base + path, f"{callback}/{number}"), now())
        for one in hub.claim(now(), 600.0, topics):  # at once: few of one host may wait
            app.distributing.serve(one.id)
    per("request, first look and question", topics, begun)
    ids = [one.topic_id for one in hub.all() if one.lease_until is not None]
    assert len(ids) == topics
    for name, move in (("look, index stood still (304)", 0), ("look, index moved, nothing new (304)", 1)):
        app.store.changes.advance("index", app.store.changes.cursor("index") + move)
        begun = time.process_time()
        for ident in ids:
            assert not app.distributing.look(ident)
        per(name, topics, begun)
    known = [topic for ident in ids if (topic := hub.topic(ident)) is not None and topic.document is not None]
    for topic in known:  # as if the newest item had not been there
        assert topic.document is not None
        older = replace(topic.document, etag=None, digests=topic.document.digests[1:])
        hub.keep(topic.id, topic.seq, older, news=False, now=now())
    begun = time.process_time()
    news = sum(app.distributing.look(ident) for ident in ids)
    per(f"look, news ({news} of {topics})", topics, begun)
    sizes = [len(topic.document.body) for topic in known if topic.document]
    begun, done = time.process_time(), 0
    while done < deliveries:
        due = hub.claim(now(), 600.0, 50)
        for one in due:
            app.distributing.serve(one.id)
        done += len(due)
        for topic in known:
            if topic.document is not None:
                hub.keep(topic.id, topic.seq, topic.document, news=True, now=now())
    per(f"delivery of {sum(sizes) // len(sizes):,} bytes, with its row", done, begun)
    begun = time.process_time()
    hub.claim_topics(app.store.changes.cursor("index"), now(), 60.0, timedelta(seconds=5), 100)
    per("search for topics that may have news", 1, begun)


def main() -> None:
    """Fill a data folder, serve it, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--topics", type=int, default=60)
    parser.add_argument("--deliveries", type=int, default=200)
    wanted = parser.parse_args()
    servers = [make_server("127.0.0.1", 0, callbacks(), threaded=True) for _ in range(2)]
    base, callback = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    with tempfile.TemporaryDirectory(prefix="frontwire-") as folder:
        loopback = (ipaddress.ip_network("127.0.0.0/8"),)
        app = build(Settings(data_dir=Path(folder), base_url=base, web_url=base, hub=True, fetch_allow=loopback, fetch_only=loopback))
        fill(app, wanted.articles, chosen(app, 400))
        servers[0].app = create_app(app)
        for server in servers:
            server.log = lambda *_: None  # type: ignore[method-assign]  # nobody reads it
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        measure(app, callback, wanted.topics, wanted.deliveries)
        for server in servers:
            server.shutdown()
            server.server_close()
        app.close()


if __name__ == "__main__":
    main()
