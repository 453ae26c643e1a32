"""The numbers in a text, spelled one way: what tells today's bulletin from yesterday's."""

import re

_NUMBER = re.compile(r"\d+(?:[.,:\u00a0\u202f\u2009' ]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,\u00a0\u202f\u2009' ]\d{3})+")
_SPACES = "\u00a0\u202f\u2009' "
_RUN = re.compile(f"[{_SPACES}]")
_ALL_THOUSANDS = re.compile("[.,\u00a0\u202f\u2009' ]")


def numbers_in(text: str) -> list[str]:
    """Return the numbers in order: ``1,234``, ``1 234`` and ``1.234`` are ``1234``; ``2,5`` is ``2.5``; digits of any script are 0 to 9."""
    found = []
    for match in _NUMBER.finditer(text):
        raw = match[0]
        if raw.isdigit():
            found.append(_latin(raw))
        elif _THOUSANDS.fullmatch(raw):
            found.append(_latin(_ALL_THOUSANDS.sub("", raw)))
        else:
            found.extend(_latin(part.replace(",", ".")) for part in _RUN.split(raw))
    return found


def _latin(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(int(c)) if c.isdigit() else c for c in digits)
