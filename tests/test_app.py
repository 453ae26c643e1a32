"""The composition root: what a running service takes up by itself."""

from datetime import UTC, datetime
from pathlib import Path

from aggregator.app import build
from aggregator.places.rows import MAIN, PlaceRow
from aggregator.places.write import write
from aggregator.settings import Settings


def built(folder: Path, *names: str) -> None:
    """Build a gazetteer of these settlements."""
    rows = []
    for number, name in enumerate(names):
        row = PlaceRow(f"fw-{number}", name, "settlement", 48.0 + number, 37.0, None, population=200_000)
        row.add(name, MAIN)
        rows.append(row)
    write(folder, rows, [{"name": "rows of a test", "version": "1"}], datetime.now(UTC), lambda step, done, of: None)


def test_a_gazetteer_that_is_built_anew_is_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    built(folder, "Zmiiska")
    app = build(Settings(data_dir=tmp_path, gazetteer_dir=folder))
    text = "Shells fell on Zmiiska and Vovchok overnight."

    def tagged() -> list[str]:
        return [mention.place.name for mention in app.pipeline.taggers.tag("", text, language="en").mentions]

    assert tagged() == ["Zmiiska"]
    same = app.pipeline.taggers
    assert app.pipeline.taggers is same and app.current_gazetteer() is same.gazetteer  # nothing changed: nothing is opened again
    built(folder, "Zmiiska", "Vovchok")
    assert len(app.current_gazetteer()) == 2
    assert tagged() == ["Zmiiska", "Vovchok"]
    app.close()


def test_an_operators_sources_are_taken_up(tmp_path: Path) -> None:
    folder = tmp_path / "gazetteer"
    built(folder, "Zmiiska")
    app = build(Settings(data_dir=tmp_path, gazetteer_dir=folder))
    text = "The Dune Brigade said that it had left Zmiiska."

    def cited() -> list[str | None]:
        return [one.speaker.source_id for one in app.pipeline.taggers.tag("", text, language="en").attributions]

    assert cited() == [None]
    same = app.pipeline.taggers
    assert app.pipeline.taggers is same and app.registry is same.sources.registry
    app.sourcing.add("ua-dunes", {"name": "Dune Brigade", "kind": "military", "basis": "invented"}, "marta")
    assert cited() == ["ua-dunes"] and app.registry.get("ua-dunes").name == "Dune Brigade"
    (app.settings.sources / "mine.yaml").write_text("sources: [{id: ua-dunes")
    assert cited() == ["ua-dunes"]  # what cannot be read changes nothing
    app.close()
