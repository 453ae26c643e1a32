"""Where a text says that it was filed: ``KYIV, June 13 (Reuters) - ``."""

import re
from collections.abc import Sequence

from aggregator.model import Mention

DATELINE = re.compile(r"[^\n]{0,60}?(?:\([^)\n]{2,30}\)\s*)?(?: [-–—] | ?[—–] ?|: )")


def dateline_end(mentions: Sequence[Mention], body: str) -> int:
    """Where the dateline ends: "KYIV, June 13 (Reuters) - ", 0 where there is none."""
    if not mentions or mentions[0].start > 2:
        return 0
    match = DATELINE.match(body)
    if match is None or match.end() <= mentions[0].end:
        return 0
    head = body[: match.end()]
    plain = re.sub(r"\([^)]*\)|[^\w]", "", head[mentions[0].end - mentions[0].start :])
    shouted = mentions[0].text.isupper() and len(mentions[0].text) > 2
    return match.end() if shouted or "(" in head or (len(plain) <= 12 and not head.rstrip().endswith(":")) else 0
