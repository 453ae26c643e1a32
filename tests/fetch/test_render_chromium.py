"""Rendering with a real Chromium, by the command of the operator's handbook."""

import json
import os
import shlex
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.errors import (
    NetworkError,
    RefusedError,
)
from aggregator.extract.body import extract
from aggregator.model import Outcome, RawPage
from aggregator.ports import FetchRequest
from tests.fetch.loopback import Loopback, serving
from tests.fetch.rendering import Desk, fetcher, once

TITLE = "Ferries run again below Kherson"
TEXT = (
    "The first ferry in eleven weeks left the Київ street pier in Kherson at noon on Tuesday with forty passengers, the port said.",
    "Crews had cleared the channel of sunken pontoons since Sunday, and divers found two mines by the eastern bank, which sappers blew up.",
    "A second boat is to follow on Thursday if the river stays calm, said the office, which warns against crossing in small boats.",
)
FRAME = b"""<!doctype html><html lang=en><title>Harbour Post</title><div id=app></div><script>
setTimeout(async () => {
  const article = await (await fetch('/api/article')).json()
  document.title = article.title
  const text = article.text.map(one => '<p>' + one + '</p>').join('')
  document.querySelector('#app').innerHTML = '<article><h1>' + article.title + '</h1>' + text + '</article>'
}, 50)
</script>"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({}) as running:
        yield running


@pytest.fixture
def chromium() -> str:
    """The command of the operator's handbook, with the Chromium that is here."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("FRONTWIRE_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)
    if path is None:
        message = "No Chromium on this machine: rendering was NOT tried with a browser. Install one, or set FRONTWIRE_CHROMIUM to its path."
        if os.environ.get("CI", "").casefold() in ("1", "true", "yes"):
            pytest.fail(message)
        pytest.skip(message)
    handbook = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    command = handbook.split("FRONTWIRE_RENDER_COMMAND='")[1].split("'\n")[0]
    words = [path, *shlex.split(command)[1:], *(["--no-sandbox"] if os.getuid() == 0 else [])]
    return shlex.join(words)


@pytest.mark.browser
def test_an_article_that_a_script_makes_is_read(desk: Desk, server: Loopback, chromium: str) -> None:
    article = json.dumps({"title": TITLE, "text": TEXT}).encode()
    server.routes |= {
        "/page": lambda e: e.answer(200, FRAME, Content_Type="text/html; charset=utf-8"),
        "/api/article": lambda e: e.answer(200, article, Content_Type="application/json"),
    }
    url = server.url("/page")
    assert extract(RawPage(url, FRAME, "text/html")).outcome is Outcome.NEEDS_SCRIPT
    answer = fetcher(chromium).get(FetchRequest(url))
    draft = extract(RawPage(url, answer.body, answer.headers["content-type"]))
    assert (draft.outcome, draft.title) == (Outcome.FULL, TITLE) and all(paragraph in draft.body for paragraph in TEXT)
    sent = {one.path: one.headers.get("user-agent", "") for one in server.seen}
    assert all(agent.startswith("Frontwire/") for agent in sent.values()), sent


@pytest.mark.browser
def test_a_page_over_tls_comes_through_the_tunnel(desk: Desk, chromium: str) -> None:
    with serving(
        {"/page": lambda e: e.answer(200, b"<script>document.write('by script')</script>", Content_Type="text/html")}, tls=True
    ) as server:
        made = once(f"{chromium} --ignore-certificate-errors", server.url("/page"))
    assert b"<body>by script</body>" in made.body and made.refused == ()


@pytest.mark.browser
def test_an_endless_script_ends_at_the_cap(desk: Desk, server: Loopback, chromium: str) -> None:
    server.routes["/page"] = lambda e: e.answer(200, b"<p>Text</p><script>while (true) {}</script>", Content_Type="text/html")
    started = time.monotonic()
    with pytest.raises(NetworkError, match=r"did not finish a page of 127\.0\.0\.1 within 4 s"):
        fetcher(chromium, total_s=4.0).get(FetchRequest(server.url("/page")))
    assert 4 <= time.monotonic() - started < 8


@pytest.mark.browser
def test_no_part_of_a_page_reaches_a_private_address(desk: Desk, server: Loopback, private: socket.socket, chromium: str) -> None:
    hosts = ("127.0.0.2", "127.2", "0x7f000002", "[::ffff:127.0.0.2]", "localhost.", "0.0.0.0", "[::1]")
    addresses = [f"http://{host}:{private.getsockname()[1]}/" for host in hosts] + [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
    ]
    page = f"""<!doctype html><p id=said></p><img src="{addresses[0]}img"><iframe src="{addresses[1]}frame"></iframe>
    <link rel=preconnect href="{addresses[0]}"><link rel=stylesheet href="{addresses[2]}css"><script>
    const to = {json.dumps(addresses)}
    Promise.all(to.map(url => fetch(url, {{mode: 'no-cors'}}).then(r => r.type, () => 'failed'))).then(all => said.textContent = all.join())
    try {{ new WebSocket('ws://127.0.0.2:{private.getsockname()[1]}/') }} catch {{}}
    try {{ const c = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.2:{private.getsockname()[1]}?transport=tcp'}}]}})
      c.createDataChannel('d'); c.createOffer().then(o => c.setLocalDescription(o)) }} catch {{}}
    </script>"""
    server.routes |= {
        "/page": lambda e: e.answer(200, page.encode(), Content_Type="text/html"),
        "/away": lambda e: e.answer(200, f"<script>location = '{addresses[0]}'</script>".encode(), Content_Type="text/html"),
        "/moved": lambda e: e.answer(302, Location=addresses[0]),
    }
    made = once(chromium, server.url("/page"))
    assert b'<p id="said">' in made.body and {"127.0.0.2", "169.254.169.254", "10.0.0.1"} <= {one.split()[0] for one in made.refused}
    for path in ("/away", "/moved"):
        with pytest.raises(RefusedError, match=r"leads on by script"):
            once(chromium, server.url(path))
