"""`frontwire sample-press`: the invented press that shows a living service without internet."""

import signal
import sys

import click

from aggregator import lifeline, sampling
from aggregator.app import build
from aggregator.sample.server import SamplePress, feed_drafts
from aggregator.settings import Settings, load
from workers.supervise import Child


@click.group("sample-press", invoke_without_command=True)
@click.pass_context
def sample_press(context: click.Context) -> None:
    """Run the invented sample press in the foreground, subscribe to it, or remove everything that came from it."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@sample_press.command()
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    help="How many times as fast held-back reports come out (kept for later runs; at first 1).",
)
def run(speed: float | None) -> None:
    """Serve the sample press until Ctrl-C."""
    lifeline.watch()
    settings = load()
    press = sampling.noted_press(settings) if speed is None else sampling.set_speed(settings, speed)
    server = SamplePress(press.port, press.started_at, press.speed)
    server.start()
    for draft in feed_drafts(press.port):
        click.echo(f"{draft.url}  {draft.title}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.stop()


@sample_press.command()
def subscribe() -> None:
    """Subscribe to the sample press (again)."""
    settings = load()
    added = sampling.subscribe(build(settings), sampling.want_sample(settings))
    click.echo(f"{added} feeds of the sample press added; `frontwire up --sample` serves them")


@sample_press.command()
def remove() -> None:
    """Remove every sample feed, with its outlets, articles and stories."""
    articles = sampling.remove_sample(build(load()))
    click.echo(f"{articles} sample articles removed; `frontwire sample-press subscribe` brings them back")


def sample_child(settings: Settings) -> tuple[Child, dict[str, str]]:
    """The process that serves the press, and the environment that lets the workers reach it."""
    allowed = ",".join([*map(str, settings.fetch_allow), sampling.NETWORK])
    return Child("sample-press", [sys.executable, "-m", "aggregator.cli", "sample-press", "run"]), {"FRONTWIRE_FETCH_ALLOW": allowed}
