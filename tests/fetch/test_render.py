"""Rendering: what is rendered and what is not, a command's faults, its bounds, and that nothing of it is left.

The commands are small programs of the tests' own; each gets the proxy and the URL, as a browser would."""

import json
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from aggregator.errors import (
    BusyError,
    DisallowedError,
    FetchError,
    HttpError,
    NetworkError,
    RefusedError,
    SettingsError,
    TooLargeError,
)
from aggregator.fetch import render as rendering
from aggregator.fetch.http import HttpFetcher
from aggregator.fetch.render import FOLDER, Bounds, RenderingFetcher, works_alone
from aggregator.intake import build_intake
from aggregator.model import Response
from aggregator.ports import FetchRequest
from aggregator.settings import Settings, load
from tests.fetch.loopback import Loopback, MemoryLease, RealClock, serving
from tests.fetch.rendering import ALLOWED, Desk, fetcher, once

SHELL = b"<!doctype html><title>Harbour Post</title><div id=app></div>"
GET = """
import sys, urllib.request
proxy, url = sys.argv[1:3]
def get(url):
    return urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy})).open(url, timeout=5).read()
"""
RENDERS = GET + "print('<article>made of', len(get(url)), 'bytes: Київ</article>')"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with serving({"/page": lambda e: e.answer(200, SHELL, Content_Type="text/html", ETag='"1"', Last_Modified="x")}) as running:
        yield running


# --- what is rendered -------------------------------------------------------------------------------------------------


def test_a_page_of_a_listed_host_is_what_the_command_prints(desk: Desk, server: Loopback) -> None:
    answer = fetcher(desk.command(RENDERS)).get(FetchRequest(server.url("/page")))
    text = f"<article>made of {len(SHELL)} bytes: Київ</article>\n"
    headers = {"content-type": "text/html; charset=utf-8"}  # no ETag: the bare page's says nothing about what a script made
    assert answer == Response(server.url("/page"), 200, headers, text.encode(), (), answer.elapsed_s)
    assert server.paths() == ["/robots.txt", "/page", "/page"] and answer.elapsed_s > 0.02


def test_a_redirect_is_followed_before(desk: Desk, server: Loopback) -> None:
    server.routes["/old"] = lambda e: e.answer(301, Location="/page")
    answer = fetcher(desk.command(RENDERS)).get(FetchRequest(server.url("/old")))
    assert (answer.url, answer.redirects) == (server.url("/page"), ((301, server.url("/page")),))
    assert answer.body.startswith(b"<article>") and server.paths()[1:] == ["/old", "/page", "/page"]


PLAIN: dict[str, Callable[[Loopback], tuple[FetchRequest, str]]] = {
    "another host": lambda s: (FetchRequest(s.url("/page")), "wire.example,27.0.0.1"),
    "a feed": lambda s: (FetchRequest(s.url("/page"), "feed"), "127.0.0.1"),
    "not modified": lambda s: (FetchRequest(s.url("/same"), etag='"1"'), "127.0.0.1"),
    "a picture": lambda s: (FetchRequest(s.url("/picture")), "127.0.0.1"),
    "no type": lambda s: (FetchRequest(s.url("/typeless")), "127.0.0.1"),
    "part": lambda s: (FetchRequest(s.url("/accepted")), "127.0.0.1"),
}


@pytest.mark.parametrize("case", PLAIN)
def test_everything_else_goes_through_unchanged(desk: Desk, server: Loopback, case: str) -> None:
    server.routes |= {
        "/same": lambda e: e.answer(304, ETag='"1"'),
        "/picture": lambda e: e.answer(200, b"GIF89a", Content_Type="image/gif"),
        "/typeless": lambda e: e.answer(200, SHELL),
        "/accepted": lambda e: e.answer(202, SHELL, Content_Type="text/html"),
    }
    request, hosts = PLAIN[case](server)
    command = desk.command("import sys; open(sys.argv[3] + '/ran', 'w').write('yes')")
    answer = fetcher(command, hosts=hosts).get(request)
    plain = HttpFetcher(Settings(host_gap_s=0, fetch_allow=ALLOWED), MemoryLease(), RealClock()).get(request)
    assert (answer.status, answer.headers, answer.body) == (plain.status, plain.headers, plain.body)
    assert not (desk.folder / "ran").exists()


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [("/gone", HttpError, 410), ("/none", HttpError, 404), ("/no", HttpError, 403), ("/private/a", DisallowedError, None)],
)
def test_errors_and_robots_txt_need_no_browser(desk: Desk, server: Loopback, path: str, kind: type[FetchError], status: int | None) -> None:
    server.routes |= {
        "/robots.txt": lambda e: e.answer(200, b"User-agent: *\nDisallow: /private/"),
        "/gone": lambda e: e.answer(410, SHELL, Content_Type="text/html"),
        "/no": lambda e: e.answer(403, SHELL, Content_Type="text/html"),
    }
    command = desk.command("import sys; open(sys.argv[3] + '/ran', 'w').write('yes')")
    with pytest.raises(kind) as caught:
        fetcher(command).get(FetchRequest(server.url(path)))
    assert caught.value.status == status and not (desk.folder / "ran").exists()


def test_forms_are_posted_as_ever(server: Loopback) -> None:
    server.routes["/hub"] = lambda e: e.answer(202, b"asked")
    assert fetcher("browser {proxy} {url}").post(server.url("/hub"), [("hub.mode", "subscribe")]).status == 202
    assert server.seen[0].body == b"hub.mode=subscribe"


def test_a_rendering_is_a_turn_of_its_own_at_the_host(desk: Desk, server: Loopback) -> None:
    lease = MemoryLease()
    command = desk.command(GET + "import time; get(url); open(sys.argv[3] + '/now', 'w').write('in it'); time.sleep(.4); print('<p>')")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(fetcher(command, gap_s=0.3, lease=lease).get, FetchRequest(server.url("/page")))
        assert desk.noted("now")
        assert lease.acquire("host:127.0.0.1", 1).token is None
        assert answer.result().body == b"<p>\n"
    rest = lease.acquire("host:127.0.0.1", 1)
    assert rest.token is None and rest.wait_s > 0.1, "the pause after a turn"
    assert all(later - earlier >= 0.29 for earlier, later in zip(server.times, server.times[1:], strict=False))


def test_two_are_rendered_at_a_time(desk: Desk, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_S", 0.1)
    subject = fetcher(desk.command("import time; time.sleep(1); print('<p>')"), lease=_Generous())

    def attempt(_: int) -> str:
        try:
            return subject.get(FetchRequest(server.url("/page"))).body.decode()
        except BusyError as busy:
            return f"busy {busy.retry_after_s}"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(attempt, range(3))) == ["<p>\n", "<p>\n", "busy 5.0"]


class _Generous(MemoryLease):
    """Grants every turn at once."""

    def acquire(self, name: str, ttl_s: float):  # type: ignore[no-untyped-def]  # as the one above
        return super().acquire(f"{name} {time.monotonic_ns()}", ttl_s)


@pytest.mark.parametrize(
    ("hosts", "url", "is_listed"),
    [
        ("wire.example", "https://wire.example/a", True),
        ("wire.example", "https://www.WIRE.example./a", True),
        ("wire.example", "https://barbwire.example/a", False),
        ("wire.example", "https://wire.example.net/a", False),
        ("Wire.Example. , post.example", "http://post.example:8080/", True),
        ("хроніка.example", "https://xn--80atidj3a6j.example/a", True),
    ],
)
def test_a_host_is_listed_with_its_sub_domains(hosts: str, url: str, is_listed: bool) -> None:
    assert fetcher("browser {proxy} {url}", hosts=hosts).listed(url) is is_listed


# --- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "hosts", "says"),
    [
        ("", "wire.example", "needs FRONTWIRE_RENDER_COMMAND"),
        ("browser --proxy={proxy}", "", "it lacks {url}"),
        ("browser {url}", "", "it lacks {proxy}"),
        ("{url}", "", "it lacks {url} and {proxy}"),
        ("browser '{url} {proxy}", "", "No closing quotation"),
        ("browser {url} {proxy}", "https://wire.example/", "is no host; example.com would be one"),
        ("browser {url} {proxy}", "wire.example:443", "is no host"),
        ("browser {url} {proxy}", "*.wire.example", "is no host"),
    ],
)
def test_a_wrong_setting_is_named(command: str, hosts: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"FRONTWIRE_RENDER_COMMAND": command, "FRONTWIRE_RENDER_HOSTS": hosts})
    assert says in str(caught.value) and "FRONTWIRE_RENDER_" in str(caught.value)


def test_a_worker_does_not_start_without_the_program() -> None:
    words = {"FRONTWIRE_RENDER_COMMAND": "no-such-browser {proxy} {url}"}
    with pytest.raises(SettingsError, match="no-such-browser.*install it or give its path"):
        build_intake(load({**words, "FRONTWIRE_RENDER_HOSTS": "wire.example"}))
    build_intake(load(words))  # without hosts it is not needed


def test_the_intake_renders_where_hosts_are_listed() -> None:
    queue = Settings(broker_url="redis://127.0.0.1:1/0", render_command=f"{sys.executable} {{proxy}} {{url}}")
    assert isinstance(build_intake(queue).fetcher, HttpFetcher)
    assert isinstance(build_intake(replace(queue, render_hosts=("wire.example",))).fetcher, RenderingFetcher)


# --- the room ---------------------------------------------------------------------------------------------------------


def test_a_command_gets_an_empty_home_and_no_secrets(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FRONTWIRE_SECRET_KEY", "FRONTWIRE_DATABASE_URL", "http_proxy", "HTTPS_PROXY", "PYTHONPATH", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "http://secret.example")
    code = """
    import json, os, sys
    home = os.environ["HOME"]
    open(home + "/profile", "w").write("kept?"); os.mkdir(home + "/cache"); os.symlink(sys.argv[3], home + "/cache/link")
    open_files = sorted(int(one) for one in os.listdir("/proc/self/fd"))[:-1] if os.path.isdir("/proc/self/fd") else [0, 1, 2]
    print(json.dumps([dict(os.environ), os.getcwd(), os.stat(home).st_mode, sys.stdin.read(), open_files, sys.argv[2]]))
    """
    made = once(desk.command(code), "http://127.0.0.1:9/a?b={proxy}&c=$(id);'")
    environment, folder, mode, said, open_files, url = json.loads(made.body)
    assert set(environment) - {"LC_CTYPE"} == {"PATH", "LANG", "HOME", "TMPDIR"}
    assert environment["HOME"] == environment["TMPDIR"] == folder and Path(folder).name.startswith(FOLDER)
    assert stat.S_IMODE(mode) == 0o700 and said == "" and open_files == [0, 1, 2]
    assert url == "http://127.0.0.1:9/a?b={proxy}&c=$(id);'", "no shell, and what is put in is not looked through again"
    assert not Path(folder).exists() and list(desk.folder.glob("program*")), "the folder goes, not what a link in it leads to"


FAULTS = {
    "status": (
        "import sys; print('<p>half'); print('first', file=sys.stderr); sys.exit('no display\\n')",
        "ended with status 1 on a page of 127.0.0.1: no display",
    ),
    "signal": ("import os; os.kill(os.getpid(), 11)", "was ended by SIGSEGV on a page of 127.0.0.1: it says no more"),
    "nothing": ("import sys; print('  '); print('no page here', file=sys.stderr)", "printed nothing for a page of 127.0.0.1: no page here"),
    "error page": ("print('<div id=\"main-frame-error\">')", "shows an error of its own instead of a page of 127.0.0.1"),
    "endless": ("while True: pass", "did not finish a page of 127.0.0.1 within 1 s"),
    "closed and endless": ("import os, time; os.close(1); os.close(2); time.sleep(60)", "did not finish a page of 127.0.0.1 within 1 s"),
    "deaf": ("import signal, time; signal.signal(15, signal.SIG_IGN); signal.signal(2, signal.SIG_IGN); time.sleep(60)", "within 1 s"),
    "drop by drop": ("import time\nwhile True: print('<p>', flush=True); time.sleep(.1)", "did not finish a page of 127.0.0.1 within 1 s"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_command_is_told(desk: Desk, fault: str) -> None:
    code, says = FAULTS[fault]
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        once(desk.command(code), "http://127.0.0.1:9/", total_s=1)
    assert f"The rendering command {Path(sys.executable).name} " in caught.value.message and says in caught.value.message
    assert time.monotonic() - started < 3


def test_a_program_that_is_gone_or_no_program_is_told(desk: Desk) -> None:
    for name, says in (("no-such-browser", "no such file or directory"), (str(desk.folder), "permission denied")):
        with pytest.raises(NetworkError, match=f"cannot be started: {says}"):
            once(f"{name} {{proxy}} {{url}}", "http://127.0.0.1:9/")


BOUNDS = {
    "output": ("while True: print('<p>' * 10_000)", Bounds(), "prints more than 1 MiB"),
    "memory together": (
        "import os, time\nfor _ in range(4): os.fork()\nheld = bytearray(20 << 20); time.sleep(60)",
        Bounds(memory=128 << 20),
        "takes more than 128 MiB of memory",
    ),
    "processes": ("import os, time\nfor _ in range(5): os.fork()\ntime.sleep(60)", Bounds(processes=12), "starts more than 12 processes"),
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="memory and processes are counted where there is a /proc")
@pytest.mark.parametrize("bound", BOUNDS)
def test_what_is_over_a_bound_is_ended(desk: Desk, bound: str) -> None:
    code, bounds, says = BOUNDS[bound]
    with pytest.raises(TooLargeError, match=says):
        once(desk.command(code), "http://127.0.0.1:9/", bounds=bounds)


def test_one_process_meets_the_limits_of_its_own(desk: Desk) -> None:
    memory = desk.command("print('<p>'); held = bytearray(300 << 20)")
    with pytest.raises(NetworkError, match="MemoryError"):
        once(memory, "http://127.0.0.1:9/", bounds=Bounds(data=256 << 20))
    file = desk.command("open('long', 'wb').write(bytes(2 << 20))")
    with pytest.raises(NetworkError, match="File too large"):
        once(file, "http://127.0.0.1:9/", bounds=Bounds(file=1 << 20))


def test_what_it_leaves_running_is_ended_with_it(desk: Desk) -> None:
    code = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            open(sys.argv[3] + "/orphan", "w").write(str(os.getpid()))
            time.sleep(600)
        os._exit(0)
    while not os.path.exists(sys.argv[3] + "/orphan") or not open(sys.argv[3] + "/orphan").read():
        time.sleep(.01)
    print("<p>done")
    """
    made = once(desk.command(code), "http://127.0.0.1:9/")
    assert made.body == b"<p>done\n" and made.elapsed_s < 5
    assert not psutil.pid_exists(int(desk.noted("orphan")))  # its room adopted it and took leave of it


def test_it_ends_with_its_room(desk: Desk) -> None:
    code = "import os, sys, time; open(sys.argv[3] + '/pid', 'w').write(str(os.getpid())); os.kill(os.getppid(), 9); time.sleep(600)"
    with pytest.raises(NetworkError, match="cannot be run: it was ended together with its room"):
        once(desk.command(code), "http://127.0.0.1:9/", total_s=1)
    assert has_ended(int(desk.noted("pid")))


def has_ended(pid: int) -> bool:
    """Whether the process is gone within 3 s, or only whoever adopted it has yet to take leave of it."""
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def test_all_of_it_ends_when_the_worker_is_killed(desk: Desk) -> None:
    command = desk.command("import os, sys, time; open(sys.argv[3] + '/pid', 'w').write(str(os.getpid())); time.sleep(600)")
    code = f"""
    import shlex, tempfile
    from aggregator.fetch.connection import Limits
    from aggregator.fetch.guard import AddressGuard
    from aggregator.fetch.render import render
    tempfile.tempdir = {str(desk.folder)!r}
    render(shlex.split({command!r}), "http://127.0.0.1:9/", AddressGuard(), Limits())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)]) as worker:
        browser = psutil.Process(int(desk.noted("pid")))
        room = browser.parent()
        assert room is not None
        worker.kill()
    assert has_ended(browser.pid) and has_ended(room.pid)
    (folder,) = desk.left()
    assert not list((desk.folder / folder).iterdir()), "what it kept is gone; the empty folder is the killed worker's"
    (desk.folder / folder).rmdir()


# --- its network ------------------------------------------------------------------------------------------------------


def test_the_network_is_the_proxy_alone(desk: Desk, server: Loopback, private: socket.socket) -> None:
    code = (
        GET
        + """
import json, socket, urllib.error
def directly(host, port):
    try:
        socket.create_connection((host, port), timeout=2).close()
        return "connected"
    except OSError as error:
        return type(error).__name__
def through(url):
    try:
        return get(url).decode()[:5]
    except urllib.error.HTTPError as error:
        return error.code
port, private = int(url.split(":")[2].split("/")[0]), int(url.split("/")[-1])
print(json.dumps([through(url), through(f"http://127.0.0.2:{private}/"), directly("127.0.0.1", port), directly("192.0.2.1", 80)]))
"""
    )
    path = f"/{private.getsockname()[1]}"
    server.routes[path] = lambda e: e.answer(200, b"hello")
    made = once(desk.command(code), server.url(path))
    inside = ["hello", 403, "ConnectionRefusedError", "OSError"]
    assert json.loads(made.body) == inside if made.alone else json.loads(made.body)[:3] == ["hello", 403, "connected"]
    assert made.alone is works_alone() and made.refused[0].startswith("127.0.0.2 is not an address on the public internet")
    assert made.traffic > 50


def test_a_page_that_leads_away_is_refused(desk: Desk, private: socket.socket) -> None:
    where = f"http://127.0.0.2:{private.getsockname()[1]}/"
    shows = GET + f"import urllib.error\ntry: get({where!r})\nexcept urllib.error.HTTPError as error: print(error.read().decode())"
    with pytest.raises(RefusedError, match=r"A page of 127.0.0.1 leads on by script .*127\.0\.0\.2 is not an address"):
        once(desk.command(shows), "http://127.0.0.1:9/")


def test_the_proxy_is_gone_afterwards(desk: Desk) -> None:
    port = int(once(desk.command("import sys; print(sys.argv[1].rpartition(':')[2])"), "http://127.0.0.1:9/").body)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_a_signal_of_the_terminal_does_not_reach_the_room(desk: Desk) -> None:
    """Ctrl-C is the worker's to handle; the room leads a session of its own."""
    made = once(desk.command("import os; print(os.getsid(0) == os.getppid(), os.getpgid(0) == os.getppid())"), "http://127.0.0.1:9/")
    assert made.body == b"True True\n" and signal.getsignal(signal.SIGINT) is not None
