"""CSV (RFC 4180) for spreadsheets and scripts: one line an item, in UTF-8, with a head line."""

import csv
import io
from collections.abc import Iterable, Sequence

from aggregator.outputs.channel import Item, kind_of, line, rfc3339, title_of, unique, uri

MEDIA_TYPE = "text/csv"
COLUMNS = ("id", "published", "updated", "title", "link", "outlet", "language", "places", "cited_sources", "lat", "lon", "sample")
_FORMULA = ("=", "+", "-", "@")  # a spreadsheet would run a cell that begins so; numbers of our own are not affected


def render(items: Sequence[Item]) -> bytes:
    """The table. Several values in a cell are parted by semicolons."""
    return table(COLUMNS, (_row(item) for item in unique(items)))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Any table with a head line; cells that come from elsewhere have gone through ``harmless``."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def harmless(text: str) -> str:
    """Text from elsewhere as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _row(item: Item) -> list[str]:
    def labels(kind: str) -> str:
        return "; ".join(line(c.label or c.term) for c in item.categories if kind_of(c) == kind)

    texts = [title_of(item), uri(item.link), line(item.outlet), item.language or "", labels("place"), labels("cited-source")]
    point = [f"{item.points[0].lat:.5f}", f"{item.points[0].lon:.5f}"] if item.points else ["", ""]
    return [item.id, rfc3339(item.published), rfc3339(item.updated), *map(harmless, texts), *point, "yes" if item.sample else "no"]
