"""An operator's own entries: laid over the shipped ones, tried before they are written, taken back without a trace."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aggregator.errors import FrontwireError, NotFoundError, SettingsError, UsageError
from aggregator.sources import own
from aggregator.sources.layers import DESK
from aggregator.sources.own import Told
from aggregator.sources.registry import FIELDS, current, load

AT = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
TOLD = Told("dana", AT, "the bulletin says so")
HARBOUR: dict[str, Any] = {
    "name": "Izmail Harbour Watch",
    "kind": "civil_society",
    "country": "UA",
    "aliases": {"uk": ["Портова варта Ізмаїла"]},
    "channels": ["telegram"],
    "basis": "invented for this test",
}


def by_hand(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "mine.yaml").write_text(f"sources:\n{text}", encoding="utf-8")
    return folder


def test_without_own_entries_nothing_changes(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere").sources == load().sources


def test_a_file_by_hand_adds_and_changes(tmp_path: Path) -> None:
    folder = by_hand(
        tmp_path,
        "- {id: ua-dunes, name: Dune Brigade, kind: military, basis: invented}\n"
        "- {id: isw, side: unknown, country: null, aliases: {en: [Study Institute of Washington], xx: [Warwatch]}}\n",
    )
    known, before = load(folder), load().get("isw")
    assert known.find("the Dune Brigade") is known.get("ua-dunes")
    isw = known.get("isw")
    assert (isw.side, isw.country, isw.kind, isw.basis) == ("unknown", None, before.kind, before.basis)
    assert isw.aliases == {**before.aliases, "en": ("Study Institute of Washington",), "xx": ("Warwatch",)}
    assert known.find("Warwatch") is isw


WRONG = [
    ("- {id: ua-navy, side: good}", r"mine.yaml, entry 1 \(ua-navy\): side 'good' is not in the taxonomy"),
    ("- {id: ua-navy, colour: blue}", r"mine.yaml, entry 1 \(ua-navy\): unknown field 'colour'"),
    ("- {id: nobody-yet, side: russia}", r"mine.yaml, entry 1 \(nobody-yet\): the field 'name' is missing"),
    ("- {side: russia}", r"mine.yaml, entry 1 \(without id\): the field 'id' is missing"),
    ("- {id: ua-navy, side: russia}\n- {id: ua-navy}", "occur twice: ua-navy in mine.yaml, entry 1 and in mine.yaml, entry 2"),
    ("- {id: ua-navy, merged_into: nobody-yet}", "merged_into 'nobody-yet' is no id"),
    ("- {id: ua-navy, merged_into: 7}", "merged_into is the id of a source"),
    ("- {id: ua-navy, merged_into: isw}\n- {id: isw, merged_into: ua-navy}", "leads in a circle"),
    ("- {id: ua-navy, merged_into: ua-navy}", "leads in a circle"),
    ("- {id: ua-navy, organisation: nobody-yet}", r"mine.yaml, entry 1 \(ua-navy\): its organisation 'nobody-yet'"),
    ("- {id: ua-navy, history: today}", "history is a list"),
    ("- {id: ua-navy, history: [{who: me}]}", "history is a list"),
    ("- {id: ua-navy, channels: telegram}", "channels is a list"),
    ("- {id: ua-navy, aliases: [sailors]}", "maps a language to a list"),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load(by_hand(tmp_path, text))


def test_a_source_is_added_changed_and_taken_back(tmp_path: Path) -> None:
    added = own.add(tmp_path, "ua-harbour-watch", HARBOUR, TOLD)
    assert added.is_current() and added.find("Портову варту Ізмаїла") is added.get("ua-harbour-watch")
    assert load(tmp_path).sources == added.sources
    own.edit(tmp_path, "ua-harbour-watch", {"side": "third-party", "aliases": {"de": ["Hafenwacht Ismajil"]}}, Told("rob", AT))
    source = load(tmp_path).get("ua-harbour-watch")
    assert (source.side, set(source.aliases)) == ("third-party", {"uk", "de"})
    (entry,) = own.entries(tmp_path)
    assert (entry.id, entry.does, entry.by_desk, entry.fields["kind"]) == ("ua-harbour-watch", own.ADDED, True, "civil_society")
    assert entry.history == (
        {"did": "added", "by": "dana", "at": AT.isoformat(), "why": TOLD.why},
        {"did": "changed aliases, side", "by": "rob", "at": AT.isoformat()},
    )
    own.remove(tmp_path, "ua-harbour-watch", TOLD)
    assert load(tmp_path).sources == load().sources and not (tmp_path / DESK).exists()


def test_a_shipped_source_is_changed_and_as_shipped_again(tmp_path: Path) -> None:
    own.edit(tmp_path, "isw", {"side": "western", "aliases": {"en": ["War Study Institute of Washington"]}}, TOLD)
    assert load(tmp_path).get("isw").side == "western"
    assert [entry.does for entry in own.entries(tmp_path)] == [own.CHANGED]
    own.remove(tmp_path, "isw", TOLD)
    assert load(tmp_path).get("isw") == load().get("isw")


def test_two_become_one_and_two_again(tmp_path: Path) -> None:
    own.add(tmp_path, "ua-harbour-watch", HARBOUR, TOLD)
    own.add(tmp_path, "ua-harbour-head", {"name": "Oles Lymar", "kind": "official", "organisation": "ua-harbour-watch", "basis": "x"}, TOLD)
    merged = own.merge(tmp_path, "ua-harbour-watch", "ua-navy", TOLD)
    navy = merged.get("ua-navy")
    assert merged.get("ua-harbour-watch") is navy and merged.find("ua-harbour-watch") is navy
    assert merged.find("Izmail Harbour Watch") is navy and merged.find("Портову варту Ізмаїла") is navy
    assert navy.channels == ("telegram",)
    assert merged.ids("ua-navy") == merged.ids("ua-harbour-watch") == ("ua-navy", "ua-harbour-watch")
    assert merged.get("ua-harbour-head").organisation == "ua-navy"
    assert "ua-harbour-watch" not in {source.id for source in merged.sources}
    further = own.merge(tmp_path, "ua-navy", "ua-armed-forces", TOLD)
    assert further.redirects == {"ua-harbour-watch": "ua-armed-forces", "ua-navy": "ua-armed-forces"}
    with pytest.raises(UsageError, match="was merged into ua-armed-forces"):
        own.edit(tmp_path, "ua-navy", {"side": "unknown"}, TOLD)
    own.remove(tmp_path, "ua-navy", TOLD)
    apart = own.remove(tmp_path, "ua-harbour-watch", TOLD)
    assert apart.redirects == {} and apart.get("ua-harbour-watch").name == HARBOUR["name"]
    assert apart.get("ua-navy") == load().get("ua-navy")


REFUSED: list[tuple[str, Mapping[str, Any], type[FrontwireError], str]] = [
    ("add", {"ident": "isw", "fields": HARBOUR}, UsageError, "There is a source 'isw' already"),
    ("add", {"ident": "Not An Id", "fields": HARBOUR}, UsageError, "an id has lower-case letters"),
    ("add", {"ident": "a-b", "fields": {**HARBOUR, "kind": "club"}}, UsageError, "^kind 'club' is not in the taxonomy"),
    ("add", {"ident": "a-b", "fields": {**HARBOUR, "name": "ISW"}}, UsageError, "would be a name of .*isw.* and .*a-b"),
    ("add", {"ident": "a-b", "fields": {**HARBOUR, "organisation": "c-d"}}, UsageError, "organisation 'c-d' is no id"),
    ("edit", {"ident": "a-b", "fields": {"side": "iran"}}, NotFoundError, "no source 'a-b'"),
    ("edit", {"ident": "isw", "fields": {}}, UsageError, "Nothing was given"),
    ("edit", {"ident": "isw", "fields": {"country": "Norway"}}, UsageError, "^country 'Norway' is no ISO"),
    ("merge", {"ident": "isw", "into": "isw"}, UsageError, "into itself"),
    ("merge", {"ident": "isw", "into": "a-b"}, NotFoundError, "no source 'a-b'"),
    ("remove", {"ident": "isw"}, NotFoundError, "own entry"),
]


@pytest.mark.parametrize(("what", "given", "kind", "message"), REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    tmp_path: Path, what: str, given: Mapping[str, Any], kind: type[FrontwireError], message: str
) -> None:
    with pytest.raises(kind, match=message):
        getattr(own, what)(tmp_path, **given, told=TOLD)
    assert [path.name for path in tmp_path.iterdir()] in ([], [".lock"])


def test_what_others_need_stays(tmp_path: Path) -> None:
    own.add(tmp_path, "ua-harbour-watch", HARBOUR, TOLD)
    own.merge(tmp_path, "ua-navy", "ua-harbour-watch", TOLD)
    with pytest.raises(UsageError, match="merged_into 'ua-harbour-watch' is no id"):
        own.remove(tmp_path, "ua-harbour-watch", TOLD)
    assert load(tmp_path).get("ua-navy").id == "ua-harbour-watch"


def test_what_was_written_by_hand_is_changed_on_top_and_removed_by_hand(tmp_path: Path) -> None:
    folder = by_hand(tmp_path, "- {id: ua-dunes, name: Dune Brigade, kind: military, basis: invented}  # mine\n")
    with pytest.raises(UsageError, match="written by hand"):
        own.remove(folder, "ua-dunes", TOLD)
    own.edit(folder, "ua-dunes", {"side": "ukraine"}, TOLD)
    assert load(folder).get("ua-dunes").side == "ukraine" and "# mine" in (folder / "mine.yaml").read_text()
    assert [(entry.file, entry.does) for entry in own.entries(folder)] == [(DESK, own.CHANGED), ("mine.yaml", own.ADDED)]
    assert own.fields_of(folder, "ua-dunes")["side"] == "ukraine"


def test_names_come_and_go() -> None:
    old = {"en": ["a", "b"], "uk": ["c"]}
    assert own.with_names(old, [("en", "d"), ("fr", "e"), ("uk", "c")], ["a"]) == {"en": ["b", "d"], "fr": ["e"]}
    with pytest.raises(UsageError, match="no further name 'z'"):
        own.with_names(old, [], ["z"])


def test_a_change_is_taken_up_and_a_wrong_one_is_not(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    known = load(tmp_path)
    assert current(known) is known
    own.edit(tmp_path, "isw", {"side": "western"}, TOLD)
    now = current(known)
    assert now.get("isw").side == "western" and current(now) is now
    by_hand(tmp_path, "- {id: isw, kind: club}")
    kept = current(now)
    assert kept.get("isw").side == "western" and kept.is_current() and "kind 'club'" in caplog.text


def test_the_fields_of_an_entry_are_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "taxonomy.md").read_text(encoding="utf-8").partition("## Entries of your own")[2]
    assert not [name for name in FIELDS if f"`{name}`" not in text]


def test_the_example_of_the_documents_loads(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    known = load(tmp_path)
    assert known.get("ua-harbour-watch").side == "ukraine" and known.get("ua-navy").id == "ua-armed-forces"
    assert known.get("isw").country == "US"  # a file's defaults are for its own sources
