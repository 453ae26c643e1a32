"""`frontwire try page`: bytes of a web page to an article. ``host_sample`` names other pages of the host to learn repeated lines from."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aggregator.errors import ExtractError
from aggregator.extract.body import extract
from aggregator.extract.furniture import LineLearner
from aggregator.model import Draft, RawPage

Line = dict[str, Any]


def open_stage() -> Callable[[Line], Line]:
    """The stage as a function of one line. Raises ExtractError for a page over the limits."""
    sampled: dict[tuple[str, str], tuple[str, ...]] = {}

    def lines_of(path: str, url: str) -> tuple[str, ...]:
        if (path, url) not in sampled:
            try:
                draft = extract(RawPage(url=url, body=Path(path).read_bytes()))
            except ExtractError:  # a sample page over the limits teaches nothing
                sampled[path, url] = ()
            else:
                sampled[path, url] = tuple(draft.body.split("\n"))
        return sampled[path, url]

    def run(line: Line) -> Line:
        learner = LineLearner()
        for path in line.get("host_sample") or ():
            learner.add(lines_of(path, line["url"]))
        page = RawPage(url=line["url"], body=Path(line["path"]).read_bytes(), content_type=line.get("content_type"))
        return answer(extract(page, host_lines=learner.repeated()))

    return run


def answer(draft: Draft) -> Line:
    """A Draft in the fields of the stage's output."""
    return {
        "outcome": draft.outcome.value,
        "title": draft.title,
        "body": draft.body,
        "kinds": list(draft.kinds),
        "authors": list(draft.authors),
        "published": _moment(draft.published),
        "updated": _moment(draft.updated),
        "language": draft.language,
        "image": draft.image,
        "canonical_url": draft.canonical_url,
        "amp_url": draft.amp_url,
        "site_name": draft.site_name,
        "removed": [{"text": item.text, "reason": item.reason} for item in draft.removed],
    }


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
