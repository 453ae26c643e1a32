"""Pages that only a script fills: a command that an operator names (a headless browser) renders them, for the hosts that they list.

RenderingFetcher asks as ever first: an error, a redirect, a 304 and what is no HTML are answers that need no browser. A page of a listed
host is then asked for once more, in a turn of its own, by the command; what it prints is the page. The command runs in a room of its
own (confine.py) with one door (proxy.py), for as long as any exchange may take, and nothing of it is left behind.
"""

import contextlib
import json
import logging
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from aggregator.errors import BusyError, NetworkError, RefusedError, SettingsError, TooLargeError
from aggregator.fetch.connection import CHUNK, Limits, parts_host
from aggregator.fetch.guard import AddressGuard
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.proxy import REFUSAL, GuardedProxy, Tolls
from aggregator.model import Response
from aggregator.ports import FetchRequest
from aggregator.settings import Settings

log = logging.getLogger(__name__)

CONFINE = Path(__file__).with_name("confine.py")
PLACEHOLDER = re.compile(r"\{(url|proxy|user_agent)\}")
HTML = frozenset({"text/html", "application/xhtml+xml"})
ERROR_PAGES = (
    b'id="main-frame-error"',
    REFUSAL.encode(),
)  # Chromium prints its own page on a failure like any other, and ends with status 0
AT_ONCE = 2  # renderings in one process: each takes 150-300 MiB and most of a core
PATIENCE_S = 10.0  # for one of them to end
FOLDER = "fw-render-"  # short: Chromium has a socket in it, whose path may have 107 characters (103 on macOS)
END_S = 5.0  # for the room to be cleared
STDERR_KEPT = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rendering may take. Bytes: ``memory`` of all its processes together (private pages in memory), ``data`` of one process
    (RLIMIT_DATA; Chromium needs 512 MiB, 256 are too few), ``file``: the longest file. ``cpu_s``
    is one process's, and ends it where nobody is left to do so."""

    memory: int = 1 << 30
    data: int = 1 << 30
    file: int = 256 << 20
    processes: int = 64
    threads: int = 1024
    descriptors: int = 4096
    cpu_s: int = 120


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a command made of a page, and what it took: the most private memory (bytes) and processes, and traffic (bytes). ``alone``:
    it had no network but the proxy; else it depends on the command to use that. ``refused``: what the address guard said no to."""

    body: bytes
    elapsed_s: float
    memory: int
    processes: int
    traffic: int
    alone: bool
    refused: tuple[str, ...] = ()


class RenderingFetcher:
    """ports.Fetcher and ports.Poster over an HttpFetcher; pages of ``settings.render_hosts`` are rendered. Safe for threads."""

    def __init__(self, http: HttpFetcher, settings: Settings, *, bounds: Bounds | None = None) -> None:
        self._http, self._bounds = http, bounds or Bounds()
        self._command, self._hosts, self._user_agent = settings.render_words, settings.render_hosts, settings.user_agent
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def get(self, request: FetchRequest) -> Response:
        """Return the answer; see ports.Fetcher for the errors, of which a command's faults are NetworkError and TooLargeError.

        A rendered page has neither ETag nor Last-Modified: those of the bare page say nothing about what a script puts into it."""
        plain = self._http.get(request)
        if request.purpose != "page" or plain.status != 200 or not self.listed(plain.url) or not _is_html(plain):
            return plain
        if not self._places.acquire(timeout=PATIENCE_S):
            raise BusyError(f"{AT_ONCE} other pages are being rendered; the turn of this one has not come.", plain.url, retry_after_s=5.0)
        try:
            with self._http.page_turn(plain.url):
                made = render(
                    self._command, plain.url, self._http.guard, self._http.limits, bounds=self._bounds, user_agent=self._user_agent
                )
        finally:
            self._places.release()
        log.info(
            "rendered %s in %.1f s: %d MiB of memory, %d processes, %.1f MiB of traffic%s",
            *(plain.url, made.elapsed_s, made.memory >> 20, made.processes, made.traffic / (1 << 20)),
            "".join(f"; refused: {sentence}" for sentence in made.refused[:3]),
        )
        headers = {"content-type": "text/html; charset=utf-8"}
        return Response(plain.url, 200, headers, made.body, plain.redirects, plain.elapsed_s + made.elapsed_s)

    def post(self, url: str, form: Sequence[tuple[str, str]]) -> Response:
        """Post a form; see ports.Poster."""
        return self._http.post(url, form)

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Response:
        """Post a body; see ports.Poster."""
        return self._http.send(url, body, headers)

    def listed(self, url: str) -> bool:
        """Whether the pages of the URL's host are rendered."""
        host = parts_host(url).rstrip(".")
        return any(host == listed or host.endswith(f".{listed}") for listed in self._hosts)


def render(
    command: Sequence[str],
    url: str,
    guard: AddressGuard,
    limits: Limits,
    *,
    bounds: Bounds | None = None,
    user_agent: str = "",
) -> Rendering:
    """Run the command on the URL and return what it prints, within ``limits.total_s`` and ``limits.body``.

    Raises NetworkError (not in time, an exit status, nothing printed, an error page), TooLargeError (output, memory,
    processes), RefusedError (its script leads to an address that the guard refuses)."""
    fault = f"The rendering command {Path(command[0]).name}"
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix=FOLDER) as folder, _Room(Path(folder)) as room:
            listener, alone = room.opened()
            with GuardedProxy(listener, guard, Tolls(total_s=limits.total_s), limits) as proxy:
                values = {"url": url, "proxy": proxy.url, "user_agent": user_agent}
                room.begin([PLACEHOLDER.sub(lambda found: values[found[1]], word) for word in command], bounds or Bounds())
                body, last_line, ended = room.printed(started + limits.total_s, limits.body)
                report = room.end()
    except OSError as error:
        raise NetworkError(f"{fault} cannot be run: {error}.", url) from error
    elapsed_s = time.monotonic() - started
    if "failed" in report:
        raise NetworkError(f"{fault} cannot be started: {report['failed']}.", url)
    if report["over"]:
        raise TooLargeError(f"{fault} {report['over']} for a page of {parts_host(url)}.", url)
    if len(body) > limits.body:
        raise TooLargeError(f"{fault} prints more than {limits.body / (1 << 20):g} MiB for a page of {parts_host(url)}.", url)
    if not ended:
        raise NetworkError(f"{fault} did not finish a page of {parts_host(url)} within {limits.total_s:.3g} s.", url)
    if report["status"] != 0:
        raise NetworkError(f"{fault} {_ending(report['status'])} on a page of {parts_host(url)}: {last_line or 'it says no more'}", url)
    if not body.strip():
        raise NetworkError(f"{fault} printed nothing for a page of {parts_host(url)}: {last_line or 'it says no more'}", url)
    if REFUSAL.encode() in body and proxy.refused:
        raise RefusedError(f"A page of {parts_host(url)} leads on by script to where nothing is fetched: {proxy.refused[-1]}", url)
    if any(mark in body for mark in ERROR_PAGES):
        raise NetworkError(f"{fault} shows an error of its own instead of a page of {parts_host(url)}.", url)
    return Rendering(body, elapsed_s, report["memory"], report["processes"], proxy.traffic, alone, tuple(dict.fromkeys(proxy.refused)))


def program(settings: Settings) -> str:
    """Path of the rendering command's program. Raises SettingsError if there is none by that name that can be run."""
    name = settings.render_words[0]
    path = shutil.which(name)
    if path is None:
        raise SettingsError(
            f"FRONTWIRE_RENDER_COMMAND names {name}, and no program of that name can be run here: install it or give its path."
        )
    return path


def works_alone() -> bool:
    """Whether a command gets a network of its own here, with nothing in it but the proxy. Raises OSError."""
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder, _Room(Path(folder)) as room:
        listener, alone = room.opened()
        listener.close()
        return alone


class _Room:
    """A run of confine.py in a folder; at the end of the block it is over, and all that it started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> "_Room":
        self._control, theirs = socket.socketpair()
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder),
        }
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(CONFINE), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
                cwd=self._folder,
                env=environment,
                start_new_session=True,
            )
        except OSError:
            self._control.close()
            raise
        finally:
            theirs.close()
        return self

    def opened(self) -> tuple[socket.socket, bool]:
        """The socket on which the proxy listens, and whether it is all the network that there is. Raises OSError."""
        self._control.settimeout(END_S)
        said, descriptors, _, _ = socket.recv_fds(self._control, 4096, 1)
        if not descriptors:
            raise OSError("its room cannot be made")
        return socket.socket(fileno=descriptors[0]), bool(json.loads(said)["alone"])

    def begin(self, words: Sequence[str], bounds: Bounds) -> None:
        self._control.sendall(json.dumps({"command": list(words), "bounds": asdict(bounds)}).encode() + b"\n")

    def printed(self, deadline: float, cap: int) -> tuple[bytes, str, bool]:
        """What the command prints up to its end, a little more than the cap, or the deadline; the last line of its standard error; and
        whether it came to its end."""
        body, errors = bytearray(), bytearray()
        with selectors.DefaultSelector() as selector:
            for stream, kept in ((self._process.stdout, body), (self._process.stderr, errors)):
                selector.register(_present(stream), selectors.EVENT_READ, kept)
            while selector.get_map() and len(body) <= cap and (left_s := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(left_s):
                    piece = os.read(key.fd, CHUNK)
                    if not piece:
                        selector.unregister(key.fileobj)
                    key.data.extend(piece)
                    del errors[:-STDERR_KEPT]
            ended = not selector.get_map()
        lines = errors.decode("utf-8", "replace").split("\n")
        return bytes(body), next((line.strip()[:300] for line in reversed(lines) if line.strip()), ""), ended

    def end(self) -> dict[str, Any]:
        """Have everything ended, and return the report. Raises OSError if there is none."""
        self._control.shutdown(socket.SHUT_WR)
        said = self._control.recv(4096)
        if not said:
            raise OSError("it was ended together with its room")
        report: dict[str, Any] = json.loads(said)
        return report

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # a time-out, or it has ended already
            self._control.shutdown(socket.SHUT_WR)  # at the latest now the other side ends everything
            self._control.settimeout(END_S)
            while self._control.recv(4096):
                continue
        self._control.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS forbids it where only the ended leader is left
            os.killpg(self._process.pid, signal.SIGKILL)  # for a command that ended the other side first
        self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            _present(stream).close()


def _present(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None, "asked for as a pipe"
    return stream


def _is_html(response: Response) -> bool:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower() in HTML


def _ending(status: int | None) -> str:
    """How a command ended."""
    if status is None or status >= 0:
        return f"ended with status {status}"
    return f"was ended by {signal.Signals(-status).name}"
