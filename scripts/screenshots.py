"""Take the pictures of the README: the sample press is read in this process, served on loopback, and photographed by a Chromium.

    python scripts/screenshots.py [FOLDER]          (docs/pictures by default)

Nothing outside this machine is contacted; the data folder is a temporary one.
"""

import os
import shutil
import struct
import sys
import tempfile
import threading
import zlib
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from aggregator.app import App, build
from aggregator.model import Step, Story, utc_now
from aggregator.sample.server import SamplePress, feed_drafts
from aggregator.sampling import NETWORK
from aggregator.settings import Settings
from web.factory import create_app

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MOST_BYTES = 250_000  # of a picture
PNG = b"\x89PNG\r\n\x1a\n"
KEPT_CHUNKS = (b"IHDR", b"PLTE", b"tRNS", b"IEND")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
LEASE_S = 600.0


@dataclass(frozen=True)
class Picture:
    """What to photograph: a page of the sample, and the window."""

    name: str
    path: str
    width: int
    height: int
    dark: bool = False


def pictures(app: App) -> tuple[Picture, ...]:
    """The stream; the story in English in which most registered sources speak, with a place to draw; its article that says most."""
    stories = app.store.stories.many(range(1, app.store.totals().stories + 1))
    members = app.store.stories.members([story.id for story in stories])
    claims = app.store.stories.claims([story.id for story in stories])
    places = app.store.articles.primary_places([article.id for found in members.values() for article in found])

    def worth(story: Story) -> tuple[bool, bool, int, int]:
        speakers = {claim.speaker.source_id for claim in claims[story.id]} - {None}
        english = any(article.title == story.title and article.language == "en" for article in members[story.id])
        return english, any(article.id in places for article in members[story.id]), len(speakers), story.outlets

    story = max(stories, key=worth)
    articles = [article for article in members[story.id] if article.language == "en"]
    tags = app.store.articles.tags([article.id for article in articles])
    article = max(articles, key=lambda a: len(tags[a.id].attributions))
    return (
        Picture("stream", "/", 1280, 860),
        Picture("story", f"/story/{story.id}", 1280, 860, dark=True),
        Picture("article", f"/article/{article.id}", 390, 844),
        Picture("map", "/map", 1280, 800),
    )


def fill(app: App, press: SamplePress) -> None:
    """Read everything that the sample press has published by now."""
    for draft in feed_drafts(press.port):
        app.store.feeds.add(draft, utc_now())
    for feed in app.store.feeds.claim_due(utc_now(), LEASE_S, 1000):
        app.polling.now(feed)
    while entries := app.store.ledger.claim(Step.FETCH, utc_now(), LEASE_S, 1000):
        for entry in entries:
            app.fetching.page(entry.id)
            app.pipeline.process(entry.id)
    while app.pipeline.follow():
        pass


def photograph(browser: Browser, site: str, picture: Picture) -> bytes:
    """The window as PNG; the notice about the sample is left in, as it belongs to what one sees."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height}, color_scheme="dark" if picture.dark else "light", locale="en-GB"
    )
    page = context.new_page()
    page.goto(site + picture.path, wait_until="networkidle")
    taken = page.screenshot()
    context.close()
    return smaller(taken)


def smaller(png: bytes) -> bytes:
    """The same picture with its data packed as tightly as zlib can (PNG, ISO/IEC 15948): browsers pack for speed."""
    chunks, at = [], len(PNG)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks.append((kind, png[at + 8 : at + 8 + length]))
        at += length + 12
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    packed = zlib.compress(pixels, 9)
    out = [(kind, data) for kind, data in chunks if kind in KEPT_CHUNKS]
    out.insert(-1, (b"IDAT", packed))
    return PNG + b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in out)


def main(target: Path) -> None:
    """Take all pictures."""
    path = os.environ.get("FRONTWIRE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        sys.exit("There is no Chromium here: install one, or set FRONTWIRE_CHROMIUM to its path.")
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="frontwire-") as folder:
        app = build(Settings(data_dir=Path(folder), host_gap_s=0.0, fetch_allow=(ip_network(NETWORK),)))
        press = SamplePress(0, utc_now())
        press.start()
        fill(app, press)
        press.stop()
        server = make_server("127.0.0.1", 0, create_app(app), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
            for picture in pictures(app):
                taken = photograph(browser, f"http://127.0.0.1:{server.server_port}", picture)
                if len(taken) > MOST_BYTES:
                    sys.exit(f"{picture.name} has {len(taken):,} bytes, more than {MOST_BYTES:,}.")
                (target / f"{picture.name}.png").write_bytes(taken)
                print(f"{target / picture.name}.png  {picture.path}  {len(taken):,} bytes")
            browser.close()
        server.shutdown()
        thread.join()
        server.server_close()
        app.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET)
