"""Escaping for XML, and elements made from it."""

from collections.abc import Mapping

from aggregator.outputs.channel import Point, clean

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"},
)
# RSS does not say whether a title is HTML: the hexadecimal forms are those that readers of both opinions show right
# (RSS Advisory Board, best practices profile: "Character Data").
_HEXADECIMAL = str.maketrans({"&": "&#x26;", "<": "&#x3C;", ">": "&#x3E;"})


def escaped(text: str) -> str:
    return clean(text).translate(_TEXT)


def attributes(values: Mapping[str, str | None]) -> str:
    """Attributes with a space before each; None is left out."""
    return "".join(f' {name}="{clean(value).translate(_ATTRIBUTE)}"' for name, value in values.items() if value is not None)


def element(name: str, text: str, values: Mapping[str, str | None] | None = None) -> str:
    """An element with escaped text."""
    return f"<{name}{attributes(values or {})}>{escaped(text)}</{name}>"


def plain(name: str, text: str, values: Mapping[str, str | None] | None = None) -> str:
    """An element of RSS whose text is no HTML."""
    return f"<{name}{attributes(values or {})}>{clean(text).translate(_HEXADECIMAL)}</{name}>"


def empty(name: str, values: Mapping[str, str | None]) -> str:
    return f"<{name}{attributes(values)}/>"


def georss(points: tuple[Point, ...]) -> str:
    """The first point, as GeoRSS Simple knows one an item (OGC 17-002r1)."""
    if not points:
        return ""
    point = points[0]
    name = element("georss:featureName", point.name) if point.name else ""
    return f"<georss:point>{point.lat:.5f} {point.lon:.5f}</georss:point>{name}"
