"""`frontwire up` and `frontwire status`."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime

import click
from rich.console import Console
from rich.table import Table

from aggregator.app import App, build
from aggregator.broker import note_service, noted_service
from aggregator.cli.sample import sample_child
from aggregator.places.gazetteer import Gazetteer
from aggregator.sampling import noted_press, subscribe
from aggregator.settings import Settings, load
from aggregator.status import Status, collect
from workers.supervise import Child, Supervisor

LOOK_S = 5.0
OFFER = (
    "The sample press is invented, and everything from it says so; `frontwire sample-press remove` takes it away.",
    "For real coverage choose a theatre on the first page, or type: frontwire feed add --catalogue ukraine",
    "Nothing outside this machine is contacted before you do.",
)
# The C library gives each of many threads an arena of memory of its own, which Python's threads, of which one runs at a time, do not need.
ONE_ARENA = {"MALLOC_ARENA_MAX": "1"}
WEB_READY_S = 40.0


@click.command()
@click.option("--sample/--no-sample", default=None, help="Run the invented sample press and subscribe to it (default: FRONTWIRE_SAMPLE).")
def up(sample: bool | None) -> None:
    """Start Valkey, the workers, the clock and the web server, and keep them running until Ctrl-C."""
    settings = load()
    supervisor = Supervisor(settings, say=_say)
    supervisor.lock()
    try:
        _start(supervisor, settings, settings.sample if sample is None else sample)
        supervisor.watch(LOOK_S, _status_line(settings))
        _say("stopping …")
    finally:
        supervisor.stop()
    _say("stopped; everything that was under way is taken up again at the next start")


def _start(supervisor: Supervisor, settings: Settings, sample: bool) -> None:
    app = build(settings)
    app.store.check()
    Gazetteer.open(settings.gazetteer)
    _say(f"data in {settings.data_dir.resolve()}")
    supervisor.start_broker()
    environment: dict[str, str] = {}
    if sample:
        child, environment = sample_child(settings)
        supervisor.add(child)
        subscribe(app, noted_press(settings))
    note_service(settings, {**noted_service(settings), "sample": sample})
    app.close()
    for role in ("fetch", "process", "serial", "beat"):
        supervisor.add(Child(role, [sys.executable, "-m", f"workers.{role}"], environment | ONE_ARENA if role == "fetch" else environment))
    supervisor.add(Child("web", [sys.executable, "-m", "web.serve"], environment))
    _wait_for_web(settings)
    _say(f"serving {settings.base}   (Ctrl-C stops)")
    if sample:
        for line in OFFER:
            _say(line)


def _wait_for_web(settings: Settings) -> None:
    deadline = time.monotonic() + WEB_READY_S
    url = f"http://{settings.host}:{settings.port}/healthz"
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    _say(f"the web server does not answer at {url} yet; its log: {settings.data_dir / 'log' / 'web.log'}")


def _status_line(settings: Settings) -> Callable[[], None]:
    """A look at the service that says a line when something changed."""
    app, last = build(settings), [""]

    def look() -> None:
        line = status_line(collect(app))
        if line != last[0]:
            last[0] = line
            _say(line)

    return look


def status_line(status: Status) -> str:
    """The service in one line."""
    entries = ", ".join(f"{count} {state}" for state, count in status.entries.items() if count)
    failing = status.feed_states.get("failing", 0)
    parts = [
        f"{status.feeds} feeds" + (f" ({failing} failing)" if failing else ""),
        f"entries: {entries or 'none yet'}",
        f"{status.articles} articles",
        f"{status.stories} stories",
    ]
    if status.index_lag:
        parts.append(f"{status.index_lag} changes to index")
    if status.broker_error:
        parts.append(status.broker_error)
    return " · ".join(parts)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(as_json: bool) -> None:
    """Show queues, workers, the last finished task of each queue, feeds due and entries by state."""
    app: App = build(load())
    found = collect(app)
    if as_json:
        click.echo(json.dumps(found.as_json()))
        return
    console = Console()
    queues = Table("queue", "waiting", "last task finished", box=None, pad_edge=False)
    for name, queue in found.queues.items():
        queues.add_row(name, "?" if queue.waiting is None else str(queue.waiting), _ago(queue.last_done_at))
    console.print(queues)
    if found.broker_error:
        console.print(found.broker_error)
    console.print()
    figures = Table(box=None, show_header=False, pad_edge=False)
    states = ", ".join(f"{count} {state}" for state, count in found.feed_states.items() if count)
    figures.add_row("feeds", f"{found.feeds} ({found.feeds_due} due{'; ' + states if states else ''})")
    if found.alarms:
        figures.add_row("alarms", f"{found.alarms} feeds need a look: frontwire feed list")
    figures.add_row("entries", ", ".join(f"{count} {state}" for state, count in found.entries.items()))
    figures.add_row("articles", f"{found.articles} in {found.languages} languages by {found.outlets} outlets, {found.revisions} revisions")
    figures.add_row("since", f"{found.edited} articles edited since, {found.gone} gone since")
    figures.add_row("stories", str(found.stories))
    figures.add_row("index", f"{found.index_lag} changes behind" if found.index_lag else "up to date")
    if found.hub:
        figures.add_row("hub", found.hub.told)
    console.print(figures)


def _ago(at: datetime | None) -> str:
    if at is None:
        return "never"
    seconds = (datetime.now(UTC) - at).total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 60:.0f} min ago" if seconds < 7200 else f"{at:%d %b %H:%M} UTC"


def _say(line: str) -> None:
    click.echo(f"{datetime.now(UTC):%H:%M:%S}  {line}")
