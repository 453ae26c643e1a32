"""The names of namespaces, elements and attributes that mean something to feedparser, from its own tables."""

from collections.abc import Mapping

from feedparser.api import StrictFeedParser
from feedparser.util import FeedParserDict

Attributes = dict[str, str]

XML = "http://www.w3.org/XML/1998/namespace "
XLINK = "http://www.w3.org/1999/xlink"
USERLAND = "backend.userland.com/rss"  # anywhere in a namespace: RSS 2.0 in one of its own
# Namespaces in lower case and the prefix by which feedparser knows each, "" for those whose elements go by their bare names.
PREFIXES: Mapping[str, str] = {uri.lower(): prefix.lower() for uri, prefix in StrictFeedParser.namespaces.items() if uri}
USUAL = frozenset(PREFIXES.values()) - {""}
OLDER = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})  # RSS in RDF

# Names that mean something to feedparser or to parse.py: an element of such a name is read by a rule, or is a doubt.
MEANT = frozenset(
    """
    author_detail authors category content_detail contributors enclosures entries href image license links media_content published
    publisher summary summary_detail sy_updatefrequency sy_updateperiod tags textinput title title_detail ttl updated where
    """.split()  # noqa: SIM905 - thirty words are read more easily without quotes
).union(
    FeedParserDict.keymap,
    (name.removeprefix("_start_").removeprefix("_end_").lower() for name in dir(StrictFeedParser) if name.startswith(("_start_", "_end_"))),
)
# Prefixes that have such names: feedparser goes by them whatever they are declared for.
TAKEN = frozenset(prefix for prefix in USUAL if any(name.startswith(prefix + "_") for name in MEANT))
ATTRIBUTES = frozenset(
    "about domain filesize href ispermalink label lang lastmod length mode rel scheme src term text type uri url version".split()  # noqa: SIM905
)


class Doubt(Exception):
    """The document has something that only feedparser knows how to read."""


def lowered(attributes: Attributes) -> Attributes:
    """Attributes by their names in lower case, as feedparser has them; without those of namespaces, which are a doubt if they could
    be taken for one that is read."""
    named: Attributes = {}
    for key, value in attributes.items():
        if " " in key:
            if not key.startswith(XML) and key.rpartition(" ")[2].lower() in ATTRIBUTES:
                raise Doubt(key)
            continue
        key = key.lower()
        named[key] = value.lower() if key in ("rel", "type") else value
    return named
