"""`frontwire doctor`: checks the installation, and says what to mend."""

import os
import shutil
import sys
from collections.abc import Callable

import click

from aggregator.app import App, build
from aggregator.errors import FrontwireError
from aggregator.fetch.render import program, works_alone
from aggregator.places.gazetteer import Gazetteer
from aggregator.settings import load

LEAST_FREE_MIB = 500


@click.command()
def doctor() -> None:
    """Check Python, folders, gazetteer, database, index and broker; exit status 1 if something has to be mended."""
    app = build(load())
    bad = 0
    for name, check in CHECKS:
        try:
            click.echo(f"ok       {name:<12} {check(app)}")
        except FrontwireError as error:
            bad += 1
            click.echo(f"MEND     {name:<12} {error}")
    sys.exit(1 if bad else 0)


def _python(app: App) -> str:
    return sys.version.split()[0]


def _folder(app: App) -> str:
    folder = app.settings.data_dir
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise FrontwireError(f"{folder} cannot be written; choose another with FRONTWIRE_DATA_DIR.")
    free = shutil.disk_usage(folder).free >> 20
    if free < LEAST_FREE_MIB:
        raise FrontwireError(f"{folder} has {free} MiB free; the database and Valkey need room to grow.")
    return f"{folder.resolve()}, {free} MiB free"


def _gazetteer(app: App) -> str:
    folder = app.settings.gazetteer
    known = Gazetteer.open(folder)
    if not known.fits:
        raise FrontwireError(f"The gazetteer in {folder} was built by other rules for spellings: run `frontwire gazetteer build`.")
    return f"{len(known)} places in {folder}, {known.added_by_hand} of them added by hand"


def _registry(app: App) -> str:
    return f"{len(app.registry.sources)} sources"


def _attributions(app: App) -> str:
    languages = ", ".join(sorted(app.completion.languages)) if app.completion else ""
    return f"the rules and a learned tagger for {languages}" if languages else "the rules alone"


def _database(app: App) -> str:
    app.store.check()
    return f"{app.store.totals().articles} articles"


def _index(app: App) -> str:
    lag = app.store.changes.head() - app.store.changes.cursor("index")
    return f"{lag} changes behind" if lag else "up to date"


def _rendering(app: App) -> str:
    settings = app.settings
    if not settings.render_words:
        return "off"
    path = program(settings)
    if not settings.render_hosts:
        return f"{path}, for no host: FRONTWIRE_RENDER_HOSTS is empty"
    network = (
        "no network but the guarded proxy"
        if works_alone()
        else "the machine's network: that it uses the guarded proxy is up to its options"
    )
    return f"{path} for {', '.join(settings.render_hosts)}; it has {network}"


def _hub(app: App) -> str:
    if not app.settings.is_hub:
        return "off"
    return f"{app.store.hub.counts(app.clock.now()).told}; they are read from {app.settings.own_web}"


def _broker(app: App) -> str:
    waiting = app.broker.waiting()
    return ", ".join(f"{queue}: {number} waiting" for queue, number in waiting.items())


CHECKS: tuple[tuple[str, Callable[[App], str]], ...] = (
    ("python", _python),
    ("folder", _folder),
    ("gazetteer", _gazetteer),
    ("sources", _registry),
    ("attributions", _attributions),
    ("database", _database),
    ("index", _index),
    ("rendering", _rendering),
    ("hub", _hub),
    ("broker", _broker),
)
