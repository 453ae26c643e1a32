"""Values of filters: what a field takes, in its canonical form, and what to say of a value that it does not take."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aggregator.search import when
from aggregator.search.facets import CHANNELS, IS_VALUES, LANGUAGES, MARKS, STORY_VALUES

DATE_FIELDS = ("after", "before", "on", "last")
COUNT_FIELDS = ("origins", "outlets")
NEAR_KM = 25  # where no distance is given
FARTHEST_KM = 500
MAX_PLACE = 120  # letters of a place's name
MAX_ADDRESS = 2_000  # letters of an address
ADDRESSES = ("http://", "https://")  # how words begin that are addresses
IS = (*IS_VALUES, *STORY_VALUES, *MARKS)

_COUNT = re.compile(r"(?:(>=|<=|>|<|=)?\s*(\d{1,9})|(\d{1,9})\s*\.\.\s*(\d{1,9}))")
_NEAR = re.compile(r"(.*?)(?:[\s,;،]+([+-]?\d{1,18}(?:[.]\d{1,9})?)\s*(?:km|км|كم|ק\"?מ)?)?[\s,;،]*", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://)?[^\s/?#@:]+[.:][^\s]+", re.IGNORECASE)
_NOT_IN_NAMES = re.compile(r'[()"“”„«»*]')

Check = Callable[[str], str | None]  # the canonical form, or None for what is no such value


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many: from ``least`` to ``most`` (None: any more), both included."""

    least: int
    most: int | None


def bounds(value: str) -> Bounds | None:
    """Read a number with what is asked of it: ``>=2``, ``<3``, ``2``, ``2..5``; None for what is none."""
    match = _COUNT.fullmatch(value.strip())
    if match is None:
        return None
    sign, number, first, last = match.groups()
    if number is None:
        return Bounds(int(first), int(last)) if int(first) <= int(last) else None
    count = int(number)
    made = {
        ">=": Bounds(count, None),
        ">": Bounds(count + 1, None),
        "<=": Bounds(0, count),
        "<": Bounds(0, count - 1) if count else None,
    }
    return made.get(sign, Bounds(count, count))


def near(value: str) -> tuple[str, int] | None:
    """Read a place and a distance in kilometres, ``Kryvyi Rih, 30``; None where there is no place or the distance is out of range."""
    match = _NEAR.fullmatch(_NOT_IN_NAMES.sub(" ", value).strip())
    if match is None:
        return None
    place = " ".join(match[1].split())[:MAX_PLACE].strip(",;، ")
    km = float(match[2]) if match[2] else NEAR_KM
    return (place, round(km)) if any(char.isalnum() for char in place) and 1 <= km <= FARTHEST_KM else None


def _near(value: str) -> str | None:
    read = near(value)
    return None if read is None else f"{read[0]}, {read[1]}"


def _count(value: str) -> str | None:
    read = bounds(value)
    if read is None:
        return None
    if read.most is None:
        return f">={read.least}"
    if read.least == read.most:
        return str(read.least)
    return f"{read.least}..{read.most}" if read.least else f"<={read.most}"


def _date(field: str) -> Check:
    return lambda value: value.lower().strip() if when.valid(field, value) else None


def _language(value: str) -> str | None:
    code = {name.lower(): code for code, name in LANGUAGES.items()}.get(value.lower(), value.lower())
    return code if code in LANGUAGES or (2 <= len(code) <= 3 and code.isascii() and code.isalpha()) else None


def _is(value: str) -> str | None:
    asked = value.lower().replace(" ", "_")
    return next((known for known in IS if asked in (known, known.replace("-", "_"))), None)


def _channel(value: str) -> str | None:
    slug = value.lower().replace(" ", "_").replace("-", "_")
    return slug if slug in CHANNELS else None


def _number(value: str) -> str | None:
    return value if value.isascii() and value.isdigit() else None


def _url(value: str) -> str | None:
    if not _ADDRESS.fullmatch(value):
        return None
    return value if value.lower().startswith(ADDRESSES) else f"https://{value}"


def _slug(value: str) -> str | None:
    return value.lower().replace(" ", "_")


def _any(value: str) -> str | None:
    return value


_DATE_NEEDS = "something like 2024, 2024-05-01, today or 3d"
_FIELDS: Mapping[str, tuple[Check, str]] = {  # field -> its check, and what it needs
    "after": (_date("after"), f"needs {_DATE_NEEDS}"),
    "before": (_date("before"), f"needs {_DATE_NEEDS}"),
    "on": (_date("on"), f"needs {_DATE_NEEDS}"),
    "last": (_date("last"), "needs something like 24h, 7d or P1W"),
    "lang": (_language, "needs a language such as uk or Ukrainian"),
    "is": (_is, f"knows {', '.join(IS)}"),
    "channel": (_channel, f"knows {', '.join(CHANNELS)}"),
    "story": (_number, "needs a number"),
    "feed": (_number, "needs a number"),
    "origins": (_count, "needs a number such as >=2, 1 or 2..5"),
    "outlets": (_count, "needs a number such as >=3, 1 or 2..5"),
    "near": (_near, f"needs a place and 1 to {FARTHEST_KM} km, such as near:(Pokrovsk, 30)"),
    "url": (_url, "needs the address of an article, such as https://outlet.example/news/12"),
    "kind": (_slug, ""),
    "side": (_slug, ""),
    "theatre": (_slug, ""),
    "search": (_any, ""),
    "place": (_any, ""),
    "outlet": (_any, ""),
    "by": (_any, ""),
    "via": (_any, ""),
}
FILTERS = tuple(_FIELDS)


def checked(field: str, value: str) -> tuple[str, str]:
    """What is wrong with the value of a filter ("" if nothing), and the value in its canonical form."""
    check, needs = _FIELDS[field]
    canonical = check(value)
    return (f"{field}: {needs}.", value) if canonical is None else ("", canonical)
