"""Places added by hand, laid over a built gazetteer.

``added.json`` in the gazetteer's folder has them ready for use: filed under a region of that gazetteer, and under every case
form of their names. It is made from the list that the instance keeps (own.py) whenever that list or the gazetteer changes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from aggregator.errors import GazetteerError
from aggregator.places.rows import PlaceRow
from aggregator.places.write import OVERLAY, replace_text


def read_overlay(folder: Path) -> tuple[PlaceRow, ...]:
    """The places laid over the gazetteer in ``folder``. Raises GazetteerError where the file is damaged."""
    try:
        rows = json.loads((folder / OVERLAY).read_text(encoding="utf-8"))
        return tuple(PlaceRow(**row) for row in rows)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError) as error:
        raise GazetteerError(f"{folder / OVERLAY} is damaged ({error}); `frontwire gazetteer build` writes it anew.") from error


def write_overlay(folder: Path, rows: Sequence[PlaceRow]) -> None:
    """Lay these places over the gazetteer in ``folder``, instead of those that were."""
    replace_text(folder / OVERLAY, json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n")
