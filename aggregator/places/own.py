"""What an operator added to the gazetteer: imported files and places added by hand.

It stands in the data folder of the instance (``places/`` there), apart from the built gazetteer, which can be thrown away and made
anew from it: ``imports/NAME.json`` says what an import is, ``imports/NAME.tsv.gz`` has its rows, ``added.json`` the places by hand.
"""

import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from aggregator.errors import GazetteerError, NotFoundError, UsageError
from aggregator.places import dump
from aggregator.places.write import replace_text

ADDED = "added.json"
REPORT_EVERY = 20_000  # lines
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Import:
    """An imported file. ``kind`` is that of dump.py; ``lines`` of the file, ``kept`` rows, ``left_out`` rows by reason; ``newest`` is the
    date of the latest change in a country dump, else empty; ``imported_at`` is ISO 8601 in UTC."""

    name: str
    kind: str
    imported_at: str
    lines: int
    kept: int
    left_out: dict[str, int] = field(default_factory=dict)
    newest: str = ""

    @property
    def source(self) -> str:
        """The key under which the manifest and places name it as their source."""
        return f"import:{self.name}"


@dataclass(frozen=True, slots=True)
class Added:
    """A place added by hand. ``region`` is a code (``UA.05``, or ``UA`` for a country); ``names`` are (spelling, language or empty)."""

    id: str
    kind: str
    lat: float
    lon: float
    region: str
    names: tuple[tuple[str, str], ...]
    approximate: bool = False
    population: int = 0
    added_at: str = ""


def take_in(folder: Path, paths: list[Path], now: datetime, progress: Progress, every: bool = False) -> list[Import]:
    """Check these files of GeoNames and keep their rows; all of them or, raising UsageError, none.

    A file imported before under the same name is replaced. Memory does not grow with the files. ``every`` keeps small settlements
    of all countries.
    """
    kinds = [dump.kind_of(path) for path in paths]
    names = [path.name for path in paths]
    if len(set(names)) != len(names):
        raise UsageError("Two of these files have the same name; imports are told apart by it.")
    store = folder / "imports"
    store.mkdir(parents=True, exist_ok=True)
    done: list[tuple[Import, Path]] = []
    try:
        for path, kind in zip(paths, kinds, strict=True):
            rows = store / f".{path.name}.{os.getpid()}.new"
            done.append((Import(path.name, kind, "", 0, 0), rows))
            done[-1] = (_read(path, kind, rows, now, progress, every), rows)
        for found, rows in done:
            rows.replace(store / f"{found.name}.tsv.gz")
            replace_text(store / f"{found.name}.json", json.dumps(asdict(found), ensure_ascii=False, indent=1) + "\n")
    finally:
        for _, rows in done:
            rows.unlink(missing_ok=True)
    return [found for found, _ in done]


def _read(path: Path, kind: str, rows: Path, now: datetime, progress: Progress, every: bool) -> Import:
    left_out: Counter[str] = Counter()
    count = kept = 0
    newest = ""
    with dump.opened(path) as (stream, size), gzip.open(rows, "wt", compresslevel=3, encoding="utf-8", newline="\n") as out:
        for line in dump.lines(stream, path):
            if count % REPORT_EVERY == 0:
                progress(f"read {path.name}", line.read, size)
            count += 1
            row = dump.parse(kind, line, path, every)
            if isinstance(row, dump.LeftOut):
                left_out[row.reason] += 1
                continue
            if isinstance(row, dump.Feature):
                newest = max(newest, row.modified)
            kept += 1
            out.write(line.text + "\n")
        progress(f"read {path.name}", size, size)
    return Import(path.name, kind, now.isoformat(timespec="seconds"), count, kept, dict(left_out.most_common()), newest)


def imports(folder: Path) -> list[Import]:
    """The imports, the oldest first. Raises GazetteerError where a file of theirs is damaged."""
    found = []
    for path in sorted((folder / "imports").glob("*.json")):
        try:
            found.append(Import(**json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError) as error:
            raise GazetteerError(f"{path} is damaged ({error}); import the file again, or remove it.") from error
    return sorted(found, key=lambda i: (i.imported_at, i.name))


def rows_of(folder: Path, found: Import) -> Iterator[dump.Row]:
    """The rows of an import. Raises GazetteerError where they are damaged."""
    path = folder / "imports" / f"{found.name}.tsv.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="\n") as lines:
            for number, text in enumerate(lines, start=1):
                yield dump.parse(found.kind, dump.Line(number, 0, text.rstrip("\n")), path, every=True)
    except (OSError, EOFError, UsageError) as error:
        raise GazetteerError(f"The rows of the import {found.name} are damaged ({error}); import the file again.") from error


def undo(folder: Path, name: str) -> None:
    """Forget an import. Raises NotFoundError."""
    if name not in {found.name for found in imports(folder)}:
        raise NotFoundError("import", name)
    (folder / "imports" / f"{name}.json").unlink()
    (folder / "imports" / f"{name}.tsv.gz").unlink(missing_ok=True)


def added(folder: Path) -> tuple[Added, ...]:
    """The places added by hand, in the order in which they were. Raises GazetteerError where the list is damaged."""
    try:
        rows = json.loads((folder / ADDED).read_text(encoding="utf-8"))
        return tuple(Added(**{**row, "names": tuple((text, language) for text, language in row["names"])}) for row in rows)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError, KeyError) as error:
        raise GazetteerError(f"{folder / ADDED} is damaged ({error}); mend it by hand or restore it from a backup.") from error


def keep_added(folder: Path, places: tuple[Added, ...]) -> None:
    """Write the list of places added by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_text(folder / ADDED, json.dumps([asdict(place) for place in places], ensure_ascii=False, indent=1) + "\n")
