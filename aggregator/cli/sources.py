"""`frontwire source`: the registry of who is cited, and what an operator says of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click
import orjson
from rich.console import Console
from rich.table import Column, Table

from aggregator.app import App, build
from aggregator.errors import UsageError
from aggregator.model import Source
from aggregator.settings import load
from aggregator.sources import own
from aggregator.sources.own import Entry
from aggregator.sourcing import Said

BY = "the command line"
TEXTS = ("name", "kind", "side", "country", "organisation", "basis")  # options that are fields
NONE = "none"  # what empties a field

Command = Callable[..., None]


@click.group()
def source() -> None:
    """The cited sources: for articles to come, and, by the service in the background, for those that are stored."""


def _fields(command: Command) -> Command:
    """Options for the fields of a source."""
    options = (
        click.option("--name", help="What it is called."),
        click.option("--kind", help="What it is, as in docs/taxonomy.md: ministry, official, ngo …"),
        click.option("--side", help="Whom it speaks for, as in docs/taxonomy.md: ukraine, third-party …"),
        click.option("--country", metavar="CODE", help="ISO 3166-1 alpha-2 code: UA; none empties it."),
        click.option("--organisation", metavar="ID", help="The body that a person belongs to; none empties it."),
        click.option("--basis", help="Why it has these labels, in a few words."),
        click.option("--alias", "aliases", multiple=True, metavar="LANG:NAME", help="A further name, such as uk:ЗСУ; may be given again."),
        click.option("--channel", "channels", multiple=True, help="Where it speaks: telegram, statement …; may be given again."),
        click.option("--why", default="", help="Why you say so, for whoever comes after you."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@source.command()
@click.argument("source_id", metavar="ID")
@_fields
def add(source_id: str, aliases: Sequence[str], channels: Sequence[str], why: str, **texts: str | None) -> None:
    """Add a source. ID has lower-case letters, digits and single hyphens: ua-harbour-watch. It needs --name, --kind and --basis."""
    fields = _texts(texts)
    if aliases:
        fields["aliases"] = own.with_names({}, map(_alias, aliases), ())
    if channels:
        fields["channels"] = list(dict.fromkeys(channels))
    _done(build(load()).sourcing.add(source_id, fields, BY, why), source_id)


@source.command()
@click.argument("source_id", metavar="ID")
@_fields
@click.option("--no-alias", "no_aliases", multiple=True, metavar="NAME", help="Take a further name away; may be given again.")
@click.option("--no-channel", "no_channels", multiple=True, help="Take a channel away; may be given again.")
def edit(
    source_id: str,
    aliases: Sequence[str],
    channels: Sequence[str],
    why: str,
    no_aliases: Sequence[str],
    no_channels: Sequence[str],
    **texts: str | None,
) -> None:
    """Change what is given of a source, shipped or your own; all else stays as it is, also when Frontwire is updated."""
    app = build(load())
    old, fields = own.fields_of(app.settings.sources, source_id), _texts(texts)
    if aliases or no_aliases:
        fields["aliases"] = own.with_names(old.get("aliases", {}), map(_alias, aliases), no_aliases)
    if channels or no_channels:
        had = dict.fromkeys((*old.get("channels", ()), *channels))
        if missing := [channel for channel in no_channels if channel not in had]:
            raise UsageError(f"The source has no channel {missing[0]!r}; it has {', '.join(had) or 'none'}.")
        fields["channels"] = [channel for channel in had if channel not in no_channels]
    _done(app.sourcing.edit(source_id, fields, BY, why), source_id)


@source.command()
@click.argument("source_id", metavar="ID")
@click.argument("into", metavar="INTO")
@click.option("--why", default="", help="Why you say so, for whoever comes after you.")
def merge(source_id: str, into: str, why: str) -> None:
    """ID is one with INTO, which gets its names and channels; links and searches by ID lead to INTO from now on."""
    _done(build(load()).sourcing.merge(source_id, into, BY, why), source_id)


@source.command()
@click.argument("source_id", metavar="ID")
def remove(source_id: str) -> None:
    """Take back what was said of ID: that it is one with another, or else all. A shipped source is then as it is shipped."""
    _done(build(load()).sourcing.remove(source_id, BY), source_id)


@source.command()
@click.argument("name", metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(name: str, as_json: bool) -> None:
    """Show a source by its id or any of its names."""
    app = build(load())
    found = app.registry.find(name)
    if found is None:
        raise UsageError(f"No source has the id or name {name!r}. `frontwire source add` adds one.")
    ids = app.registry.ids(found.id)
    said = [entry for entry in own.entries(app.settings.sources) if entry.id in ids]
    if as_json:
        click.echo(orjson.dumps({"source": found, "merged": ids[1:], "own": [_json(entry) for entry in said]}))
        return
    click.echo(f"{found.id}: {found.name}")
    for label in ("kind", "side", "country", "organisation", "basis"):
        if value := getattr(found, label):
            click.echo(f"  {label}: {value}")
    click.echo(f"  {'looked up' if found.verified else 'not verified'}")
    if found.channels:
        click.echo(f"  channels: {', '.join(found.channels)}")
    for language, names in found.aliases.items():
        click.echo(f"  {language}: {', '.join(names)}")
    if ids[1:]:
        click.echo(f"  merged into it: {', '.join(ids[1:])}")
    for entry in said:
        click.echo(f"  {entry.does} in {entry.file}{_history(entry)}")


@source.command(name="list")
@click.option("--own", "mine", is_flag=True, help="Your own entries alone.")
@click.option("--json", "as_json", is_flag=True, help="For programs: one a line.")
def list_sources(mine: bool, as_json: bool) -> None:
    """List all sources, or what was said of them."""
    app = build(load())
    (_list_own if mine else _list_all)(app, as_json)


def _list_all(app: App, as_json: bool) -> None:
    known = app.registry
    if as_json:
        for found in known.sources:
            click.echo(orjson.dumps(found))
        return
    entries = {entry.id: entry.does for entry in own.entries(app.settings.sources)}
    table = Table("id", "name", "kind", "side", "country", "own", box=None, pad_edge=False)
    for found in sorted(known.sources, key=lambda s: s.id):
        table.add_row(found.id, found.name, found.kind, found.side, found.country or "", entries.get(found.id, ""))
    Console().print(table)


def _list_own(app: App, as_json: bool) -> None:
    entries = own.entries(app.settings.sources)
    if as_json:
        for entry in entries:
            click.echo(orjson.dumps({**_json(entry), "rerun": app.sourcing.rerun(entry.id)}))
        return
    table = Table("id", "what", Column("fields", overflow="fold"), "file", "by", "why", "articles", box=None, pad_edge=False)
    for entry in entries:
        rerun, last = app.sourcing.rerun(entry.id), entry.history[-1] if entry.history else {}
        progress = "" if rerun is None else f"{rerun.done} of {rerun.total} looked at, {rerun.changed} changed"
        what = f"merged into {entry.fields['merged_into']}" if entry.does == own.MERGED else entry.does
        fields = ", ".join(name for name in entry.fields if name != "merged_into")
        table.add_row(entry.id, what, fields, entry.file, str(last.get("by", "")), str(last.get("why", "")), progress)
    Console().print(table if entries else "Nobody has said anything of a source. `frontwire source add` adds one.")


def _json(entry: Entry) -> dict[str, object]:
    return {"id": entry.id, "does": entry.does, "file": entry.file, "fields": entry.fields, "history": entry.history}


def _history(entry: Entry) -> str:
    lines = [" ".join(f"{line.get(name, '')}" for name in ("at", "by", "did", "why")).strip() for line in entry.history]
    return "".join(f"\n    {line}" for line in lines)


def _texts(given: Mapping[str, str | None]) -> dict[str, Any]:
    return {name: None if given[name] == NONE else given[name] for name in TEXTS if given[name] is not None}


def _alias(text: str) -> tuple[str, str]:
    language, colon, name = text.partition(":")
    if not colon or not name.strip() or not language.isascii() or not 2 <= len(language) <= 8:
        raise UsageError(f"--alias {text!r} is not LANG:NAME, such as uk:ЗСУ.")
    return language, name.strip()


def _done(said: Said, ident: str) -> None:
    click.echo(f"{ident} is no source any more" if said.source is None else _line(said.source, ident))
    click.echo(f"{said.rerun.total} stored articles are looked at by the service; what comes is tagged by this at once")


def _line(found: Source, ident: str) -> str:
    here = f"{found.name} ({found.kind}, side {found.side})"
    return f"{ident} is {here}" if found.id == ident else f"{ident} is one with {found.id}, {here}"
