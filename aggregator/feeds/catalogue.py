"""The starter catalogue: real feeds of war coverage by theatre, with who publishes them and on what basis each label rests.

The data stands in ``data/catalogue.yaml``. ``parse`` checks it and, where something is wrong, names the line, the entry and what would be
right. Loading contacts nothing: a catalogue only proposes.
"""

import difflib
import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import yaml

from aggregator.errors import UsageError
from aggregator.model import FeedDraft, Outlet

KINDS = ("newspaper", "agency", "broadcaster", "online", "ngo", "think_tank", "official", "blog", "unknown")
AFFILIATIONS = ("independent", "public", "state_funded", "state_controlled", "party", "unknown")

THEATRE_FIELDS = {"id": str, "name": str, "description": str, "countries": list}
OUTLET_FIELDS = {
    "id": str, "name": str, "kind": str, "country": (str, type(None)), "languages": list, "homepage": str, "affiliation": str, "basis": str,
    "verified": bool,
}  # fmt: skip
FEED_FIELDS = {"outlet": str, "url": str, "language": str, "seen": bool}
OPTIONAL_FEED_FIELDS = {"title": str}

LINE = "__line__"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Theatre:
    """A named war area. ``countries`` are ISO 3166-1 alpha-2 codes; a theatre of the whole world has none."""

    id: str
    name: str
    description: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Theatres in the order in which they are shown, outlets by id, and the feeds of each theatre."""

    theatres: tuple[Theatre, ...]
    outlets: Mapping[str, Outlet]
    drafts: Mapping[str, tuple[FeedDraft, ...]]

    def theatre(self, theatre: str) -> Theatre:
        """The theatre by that id. Raises UsageError that names the nearest one."""
        for known in self.theatres:
            if known.id == theatre:
                return known
        raise UsageError(f"There is no theatre {theatre!r}; {_hint(theatre, [known.id for known in self.theatres])}")

    def by_country(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the theatres of each country that has any."""
        found: dict[str, tuple[str, ...]] = {}
        for theatre in self.theatres:
            for country in theatre.countries:
                found[country] = (*found.get(country, ()), theatre.id)
        return found

    def feeds(self, theatre: str) -> tuple[FeedDraft, ...]:
        """The feeds proposed for a theatre. Raises UsageError for an unknown one."""
        return self.drafts[self.theatre(theatre).id]


@functools.cache
def load() -> Catalogue:
    """The catalogue that ships with the project."""
    return parse(resources.files("aggregator.feeds").joinpath("data/catalogue.yaml").read_text(encoding="utf-8"), "catalogue.yaml")


def parse(text: str, name: str) -> Catalogue:
    """Read a catalogue. ``name`` is the file's, for messages.

    Raises UsageError with file, line, entry and what would be right: for text that is no YAML, missing, unknown or wrong fields,
    values outside the lists above, ids and URLs that occur twice, feeds of unknown outlets or theatres, and outlets without feeds.
    """
    try:
        data = yaml.load(text, Loader=_Loader)  # a SafeLoader that adds line numbers
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = f"{name}, line {mark.line + 1}" if mark else name
        raise UsageError(f"{at}: this is not YAML ({getattr(error, 'problem', error)}).") from error
    if not isinstance(data, dict) or set(data) - {LINE} != {"theatres", "outlets", "feeds"}:
        raise UsageError(f"{name}: a catalogue has the three parts theatres, outlets and feeds.")
    if not (isinstance(data["theatres"], list) and isinstance(data["outlets"], list) and isinstance(data["feeds"], dict)):
        raise UsageError(f"{name}: theatres and outlets are lists; feeds maps each theatre's id to a list.")
    theatres = _theatres(data["theatres"], name)
    outlets = _outlets(data["outlets"], name)
    return Catalogue(theatres, outlets, _drafts(data["feeds"], [theatre.id for theatre in theatres], outlets, name))


class _Loader(yaml.SafeLoader):
    """Keeps each mapping's line under ``LINE``."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        mapping[LINE] = node.start_mark.line + 1
        return mapping


def _mapping(loader: _Loader, node: yaml.Node) -> dict[Any, Any]:
    assert isinstance(node, yaml.MappingNode)  # the tag is given to mappings alone
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def _theatres(rows: Sequence[Any], name: str) -> tuple[Theatre, ...]:
    seen: dict[str, int] = {}
    theatres = []
    for row in rows:
        where = _check(row, THEATRE_FIELDS, {}, "theatre", name)
        _once(seen, row["id"], row, "theatre id", where)
        _countries(row["countries"], where)
        theatres.append(Theatre(row["id"], row["name"], row["description"], tuple(row["countries"])))
    return tuple(theatres)


def _outlets(rows: Sequence[Any], name: str) -> dict[str, Outlet]:
    seen: dict[str, int] = {}
    outlets = {}
    for row in rows:
        where = _check(row, OUTLET_FIELDS, {}, "outlet", name)
        _once(seen, row["id"], row, "outlet id", where)
        _one_of(row["kind"], KINDS, "kind", where)
        _one_of(row["affiliation"], AFFILIATIONS, "affiliation", where)
        if not row["basis"].strip():
            raise UsageError(f"{where}: the affiliation has no basis; say in a few words who owns or pays, or that it was not looked up.")
        if row["country"] is not None:
            _countries([row["country"]], where)
        _languages(row["languages"], where)
        _url(row["homepage"], "homepage", where)
        outlets[row["id"]] = Outlet(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            country=row["country"],
            languages=tuple(row["languages"]),
            affiliation=row["affiliation"],
            basis=row["basis"],
            verified=row["verified"],
            homepage=row["homepage"],
        )
    return outlets


def _drafts(rows: Row, theatres: Collection[str], outlets: Mapping[str, Outlet], name: str) -> dict[str, tuple[FeedDraft, ...]]:
    seen: dict[str, int] = {}
    drafts: dict[str, tuple[FeedDraft, ...]] = {}
    line = rows.pop(LINE, 0)
    for theatre in rows:
        _one_of(theatre, theatres, "theatre", f"{name}, line {line}, feeds")
    for theatre in theatres:
        if not isinstance(rows.get(theatre), list):
            raise UsageError(f"{name}, line {line}, feeds: theatre {theatre!r} has no list of feeds.")
        found = []
        for row in rows[theatre]:
            where = _check(row, FEED_FIELDS, OPTIONAL_FEED_FIELDS, "feed", name)
            _one_of(row["outlet"], outlets, "outlet", where)
            _url(row["url"], "url", where)
            _languages([row["language"]], where)
            _once(seen, row["url"].rstrip("/").lower(), row, "feed URL", where)
            outlet = outlets[row["outlet"]]
            found.append(FeedDraft(row["url"], row.get("title", outlet.name), outlet, theatre=theatre, language=row["language"]))
        drafts[theatre] = tuple(found)
    idle = set(outlets) - {draft.outlet.id for feeds in drafts.values() for draft in feeds}
    if idle:
        raise UsageError(f"{name}: outlets without a feed: {', '.join(sorted(idle))}; give each a feed or take it out.")
    return drafts


def _check(row: Any, fields: Mapping[str, Any], optional: Mapping[str, Any], noun: str, name: str) -> str:
    """Check a row's fields and their types; return the words that say where it stands."""
    if not isinstance(row, dict):
        raise UsageError(f"{name}: {row!r} is no {noun}; a {noun} is a mapping with {', '.join(fields)}.")
    label = row.get("id") or row.get("url") or "without id"
    where = f"{name}, line {row.get(LINE, '?')}, {noun} {label}"
    known = {**fields, **optional}
    for field in row:
        if field != LINE and field not in known:
            raise UsageError(f"{where}: there is no field {field!r}; {_hint(str(field), known)}")
    for field, kind in known.items():
        if field not in row:
            if field in fields:
                raise UsageError(f"{where}: the field {field!r} is missing.")
        elif not isinstance(row[field], kind):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            right = " or ".join({"str": "text", "bool": "yes or no", "list": "a list", "NoneType": "null"}[k.__name__] for k in kinds)
            raise UsageError(f"{where}: {field} is {row[field]!r}; it should be {right}" + _quote_hint(row[field]))
    return where


def _quote_hint(value: Any) -> str:
    """YAML 1.1 reads NO, the code of Norway, as false: say so."""
    return ' (codes such as NO want quotation marks: "NO").' if isinstance(value, bool) else "."


def _once(seen: dict[str, int], key: str, row: Row, noun: str, where: str) -> None:
    if key in seen:
        raise UsageError(f"{where}: the same {noun} stands in line {seen[key]}.")
    seen[key] = row[LINE]


def _one_of(value: str, allowed: Collection[str], field: str, where: str) -> None:
    if value not in allowed:
        raise UsageError(f"{where}: {field} {value!r} is not known; {_hint(value, allowed)}")


def _countries(codes: Sequence[Any], where: str) -> None:
    for code in codes:
        if not (isinstance(code, str) and len(code) == 2 and code.isascii() and code.isupper()):
            raise UsageError(f'{where}: country {code!r} is not an ISO 3166-1 alpha-2 code such as "UA".')


def _languages(codes: Sequence[Any], where: str) -> None:
    for code in codes:
        if not (isinstance(code, str) and len(code) == 2 and code.isascii() and code.islower()):
            raise UsageError(f'{where}: language {code!r} is not an ISO 639-1 code such as "uk".')


def _url(url: str, field: str, where: str) -> None:
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and "." in (parts.hostname or "") and not parts.fragment and " " not in url
    except ValueError:
        right = False
    if not right:
        raise UsageError(f"{where}: {field} {url!r} is not a whole web address such as https://example.org/feed.")


def _hint(value: str, allowed: Collection[str]) -> str:
    near = difflib.get_close_matches(value, list(allowed), n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(sorted(allowed))}."
