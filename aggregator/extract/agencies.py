"""Whose report it is, where the page says so: in its data about itself, in its byline, or in the dateline of its first paragraph."""

import functools
import re
from collections.abc import Iterable
from importlib import resources

import yaml

OPENING_CHARS = 160  # of the first paragraph in which a dateline stands
PLACE_CHARS = 60  # of place and day before the agency's name
_DASH = "[-–—―:]"


def named(texts: Iterable[str]) -> str | None:
    """The agency that one of the texts is the name of, and nothing else: "Reuters", "via Reuters", "© AFP"."""
    for text in texts:
        known = _spellings().get(_LEAD.sub("", text.strip(" .,()/\t\n")).casefold())
        if known:
            return known
    return None


def dateline(body: str) -> str | None:
    """The agency in a dateline: "KYIV, March 3 (Reuters) -", "МОСКВА, 3 марта. /ТАСС/.", "Berlin (dpa) –", "КИЕВ, 3 мар — РИА Новости."."""
    found = _dateline().match(body.split("\n", 1)[0][:OPENING_CHARS])
    if not found:
        return None
    names = [name for name in found.groups() if name]
    return next(
        (known for name in names for part in re.split(r"[/,&]", name) if (known := _spellings().get(part.strip().casefold()))), None
    )


_LEAD = re.compile(r"^(?:via|by|from|source|©|\(c\)|copyright|par|avec|mit|von|источник|джерело)[\s:]+", re.IGNORECASE)


@functools.cache
def _spellings() -> dict[str, str]:
    text = resources.files("aggregator.extract").joinpath("data/agencies.yaml").read_text(encoding="utf-8")
    return {spelling.casefold(): name for name, spellings in yaml.safe_load(text).items() for spelling in spellings}


@functools.cache
def _dateline() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _spellings()), key=len, reverse=True))
    bracketed = rf"\s?\(((?:{names})(?:\s?[/,&]\s?[\w .-]{{2,20}})?)\)\s*{_DASH}?"
    slashes = rf"\s?/((?:{names}))/\s*[.{_DASH[1:-1]}]"
    dashed = rf"\s{_DASH}\s((?:{names}))\s*(?:[.:,]|{_DASH})"
    return re.compile(rf"^[^()/\n]{{0,{PLACE_CHARS}}}?(?:{bracketed}|{slashes}|{dashed})", re.IGNORECASE)
