"""The facets: what articles can be filtered and counted by, and what each is called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FacetKind:
    """A facet. ``field`` is its name in the query language, ``counted`` whether counts by its values are kept."""

    name: str
    field: str
    label: str
    counted: bool = True


FACETS: tuple[FacetKind, ...] = (
    FacetKind("place", "place", "Place"),
    FacetKind("outlet", "outlet", "Outlet"),
    FacetKind("source", "by", "Cited source"),
    FacetKind("via", "via", "Cited through"),
    FacetKind("kind", "kind", "Kind of source"),
    FacetKind("side", "side", "Side"),
    FacetKind("channel", "channel", "Channel"),
    FacetKind("lang", "lang", "Language"),
    FacetKind("theatre", "theatre", "Theatre"),
    FacetKind("feed", "feed", "Feed"),
    FacetKind("is", "is", "Article is"),
    FacetKind("story", "story", "Story", counted=False),
)
BY_NAME = {facet.name: facet for facet in FACETS}
BY_FIELD = {facet.field: facet for facet in FACETS}
CODES = {facet.name: code for code, facet in enumerate(FACETS)}  # stored by the indexes: append only

EDIT_VALUES = {  # by flags of the outlet's edits, with hyphens
    "retitled": "edited: the title is another",
    "number-changed": "edited: a number gave way to another",
    "claim-withdrawn": "edited: something that somebody was quoted with is gone, denied or hedged now",
    "corrected": "edited, and the page says that it was corrected",
    "silent": "edited, and the page did not say so",
}
IS_VALUES = {
    "copy": "a reprint or wire copy of another article",
    "original": "nobody's copy",
    "wire": "taken from an agency, and says so",
    "edited": "changed since it was first seen",
    **EDIT_VALUES,
    "partial": "only a part of the text was to be had",
    "paywalled": "behind a paywall",
    "feed_text": "known by the text in the feed alone",
    "sample": "part of the sample press",
}
SINGLE_SOURCE = "single-source"
STORY_VALUES = {SINGLE_SOURCE: "of a story that all goes back to one origin"}  # values of is: that are told of the story, not the article
MARKS = {  # values of is: that are a reader's own
    "starred": "starred by you",
    "unread": "not read by you",
}
CHANNELS = (
    "telegram",
    "x",
    "facebook",
    "youtube",
    "social",
    "video",
    "statement",
    "briefing",
    "daily_assessment",
    "report",
    "interview",
    "speech",
    "letter",
    "radio",
    "state_tv",
    "broadcast",
    "intercept",
    "document",
)
LANGUAGES = {
    "en": "English",
    "uk": "Ukrainian",
    "ru": "Russian",
    "ar": "Arabic",
    "he": "Hebrew",
    "fa": "Persian",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pl": "Polish",
    "tr": "Turkish",
    "pt": "Portuguese",
    "nl": "Dutch",
    "ro": "Romanian",
    "cs": "Czech",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "hi": "Hindi",
    "ur": "Urdu",
    "my": "Burmese",
    "am": "Amharic",
    "so": "Somali",
    "sw": "Swahili",
}
