"""The press on real loopback sockets: what it answers, 304, edits over time, and that it leaves nothing behind."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection

import pytest

from aggregator.errors import SettingsError
from aggregator.sample.press import PressOutlet, load
from aggregator.sample.server import SamplePress, feed_drafts

START = datetime(2031, 5, 6, 9, 0, tzinfo=UTC)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def press(hand: Hand) -> Iterator[SamplePress]:
    running = SamplePress(0, START, now=hand)
    running.start()
    yield running
    running.stop()


def get(press: SamplePress, outlet: PressOutlet, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection(outlet.address, press.port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    found = response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    connection.close()
    return found


def test_every_outlet_answers_on_its_own_address(press: SamplePress) -> None:
    addresses = set()
    for outlet in load().outlets.values():
        status, headers, body = get(press, outlet, "/")
        assert status == 200
        assert outlet.feed_path.encode() in body
        addresses.add(outlet.address)
        assert get(press, outlet, outlet.feed_path)[0] == 200
        assert get(press, outlet, "/robots.txt")[2].startswith(b"User-agent: *")
        assert get(press, outlet, "/no-such-page")[0] == 404
    assert len(addresses) == len(load().outlets)


def test_feeds_pages_and_pictures_answer_304(press: SamplePress, hand: Hand) -> None:
    outlet = load().outlets["sample-harrow"]
    piece = press.room.edition(outlet.id, hand())[0]
    for path in (outlet.feed_path, "/", piece.path, "/images/plain.svg"):
        status, headers, body = get(press, outlet, path)
        assert status == 200 and body
        assert get(press, outlet, path, If_None_Match=headers["etag"])[0] == 304
        assert get(press, outlet, path, If_Modified_Since=headers["last-modified"])[0] == 304
        assert get(press, outlet, path, If_None_Match='"other"', If_Modified_Since=headers["last-modified"])[0] == 200


def test_head_gives_the_headers_alone(press: SamplePress) -> None:
    outlet = load().outlets["sample-meridian"]
    status, headers, body = get(press, outlet, outlet.feed_path, method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 1000


def test_an_edit_shows_up_and_changes_the_etag(press: SamplePress, hand: Hand) -> None:
    outlet = load().outlets["sample-yavir"]
    piece = next(piece for piece in press.room.edition(outlet.id, hand()) if piece.id == "pokrovsk-evacuation-1")
    _, before, body = get(press, outlet, piece.path)
    assert "212" in body.decode()
    hand.at += timedelta(minutes=5)
    status, after, body = get(press, outlet, piece.path, If_None_Match=before["etag"])
    assert status == 200
    assert "евакуювали 198 мешканців" in body.decode()
    assert after["last-modified"] != before["last-modified"]


def test_held_back_articles_come_out_while_it_runs(press: SamplePress, hand: Hand) -> None:
    outlet = load().outlets["sample-meridian"]
    first = get(press, outlet, outlet.feed_path)[2]
    hand.at += timedelta(minutes=40)
    assert len(get(press, outlet, outlet.feed_path)[2]) > len(first)


def test_stop_leaves_no_thread_and_frees_the_port() -> None:
    before = set(threading.enumerate())
    running = SamplePress(0, START)
    running.start()
    outlet = next(iter(load().outlets.values()))
    assert get(running, outlet, "/")[0] == 200
    running.stop()
    assert set(threading.enumerate()) == before
    again = SamplePress(running.port, START)
    again.start()
    again.stop()


def test_a_taken_port_is_an_error_for_the_operator(press: SamplePress) -> None:
    second = SamplePress(press.port, START)
    with pytest.raises(SettingsError, match=r"127\.0\.5\.1:"):
        second.start()


def test_feed_drafts_are_marked_as_sample(press: SamplePress) -> None:
    drafts = feed_drafts(press.port)
    assert len(drafts) == len(load().outlets)
    for draft in drafts:
        assert draft.sample and draft.outlet.sample and draft.outlet.basis == "invented"
        assert draft.url.startswith("http://127.0.5.")


def test_the_command_runs_in_the_foreground_until_it_is_told_to_stop() -> None:
    with socket.create_server(("127.0.5.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "aggregator.sample", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in load().outlets]
        assert lines[0].startswith(f"http://127.0.5.1:{port}/")
        status = get_status("127.0.5.2", port, "/robots.txt")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert status == 200


def get_status(address: str, port: int, path: str) -> int:
    connection = HTTPConnection(address, port, timeout=10)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    return status
