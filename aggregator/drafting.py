"""From an entry and what its link answered to the article that may be stored: the page's text, else the feed's own."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.errors import ExtractError, UsageError
from aggregator.extract.body import extract
from aggregator.extract.furniture import BY_HOST
from aggregator.extract.keys import line_key
from aggregator.extract.repeats import HostLines
from aggregator.extract.text import from_html
from aggregator.feeds import telegram
from aggregator.fetch.revisits import next_visit
from aggregator.identity import urls
from aggregator.identity.aliases import address_of, aliases_of, names_in_feed
from aggregator.identity.revisions import body_hash
from aggregator.model import (
    Alias,
    Article,
    Cause,
    Draft,
    Entry,
    EntryState,
    Feed,
    LedgerEntry,
    NewArticle,
    Outcome,
    PageFacts,
    Removed,
    Tags,
)
from aggregator.ports import FetchedPage, Visit

NOTHING = HostLines()
ABOUT_A_DAY = timedelta(hours=38)  # midnight of a day in one zone, and its last minute in another


@dataclass(frozen=True, slots=True)
class Text:
    """The text that an entry came to, from its page or from the feed."""

    draft: Draft
    text_from: str
    reason: str


def text_of(entry: Entry, fetched: FetchedPage, known: HostLines = NOTHING) -> Text:
    """The page's text, else the feed's own; a teaser gives way to a feed that carries more. ``known``: the lines of the page's host."""
    draft, unread = _read(fetched, known)
    body, kinds, left_out, links = from_html(entry.content or entry.summary or "", known.verdicts, entry.link or "")
    from_feed = not (draft.outcome.has_text and draft.body)
    if draft.outcome in (Outcome.PAYWALLED, Outcome.PARTIAL) and len(body) > len(draft.body) * 1.2:
        from_feed = True
    if not from_feed:
        return Text(draft, "page", "")
    outcome = f"the page is {draft.outcome.value.replace('_', ' ')}"
    reason = fetched.reason or unread or (f"{outcome}: {draft.because}" if draft.because else outcome)
    if not body:
        reason = reason.rstrip(".") + ", and the feed has no text of its own"
    merged = Draft(
        outcome=draft.outcome,
        title=entry.title or draft.title,
        body=body,
        kinds=kinds,
        authors=draft.authors or entry.authors,
        published=entry.published or draft.published,  # the page gave no text: its date may be that of anything
        updated=entry.updated or draft.updated,
        language=draft.language,
        image=draft.image,
        canonical_url=draft.canonical_url,
        amp_url=draft.amp_url,
        site_name=draft.site_name,
        section=draft.section,
        caption=draft.caption,
        free=draft.free,
        links=links,
        removed=(*left_out, *(Removed(line.text, line.reason) for line in draft.removed)),  # the page's have no place in the feed's text
    )
    return Text(merged, "feed", reason)


def host_of(entry: Entry, fetched: FetchedPage) -> str:
    """The host of the article that an entry leads to, as its key names it; empty where there is no address."""
    try:
        return urls.host(address_of(entry, final_url=fetched.page.url if fetched.page else None)[1])
    except UsageError:
        return ""


def without_text(entry: Entry, text: Text) -> tuple[EntryState, str]:
    """What becomes of an entry that has no text anywhere: a picture posted to a channel was never meant to have any."""
    if telegram.is_post(entry.link or "") and entry.enclosures:
        return EntryState.FILTERED, "a post of pictures or sound, without words"
    return EntryState.FAILED, text.reason


def _read(fetched: FetchedPage, known: HostLines) -> tuple[Draft, str]:
    """The page as a draft; and why it was not read, where it is beyond the extractor's limits."""
    if fetched.page is None:
        return Draft(fetched.outcome or Outcome.EMPTY), ""
    try:
        return extract(fetched.page, host_lines=known.repeated, verdicts=known.verdicts), ""
    except ExtractError as error:
        return Draft(Outcome.EMPTY), error.message


def new_article(entry: LedgerEntry, feed: Feed, fetched: FetchedPage, text: Text, now: datetime) -> NewArticle:
    draft, seen = text.draft, entry.entry
    first_seen = entry.first_seen_at or now
    final_url = fetched.page.url if fetched.page else None
    try:
        url, url_key = address_of(seen, final_url=final_url)
    except UsageError:  # no address at all: the entry itself is the article's name
        url, url_key = feed.url, f"entry:{feed.id}:{entry.key}"
    title = draft.title or seen.title or draft.body.split("\n", 1)[0][:120]
    published = _published(draft, seen)
    return NewArticle(
        outlet_id=feed.outlet_id,
        url=url,
        url_key=url_key,
        title=title,
        body=draft.body,
        kinds=draft.kinds,
        language=draft.language or feed.language,
        published_at=min(published, first_seen) if published else None,
        first_seen_at=first_seen,
        body_hash=body_hash(title, draft.body),
        authors=draft.authors or seen.authors,
        image=draft.image or next((e.url for e in seen.enclosures if (e.type or "").startswith("image/")), None),
        outcome=draft.outcome,
        text_from=text.text_from,
        feed_id=feed.id,
        sample=feed.sample,
        removed=draft.removed,
        links=draft.links,
        facts=PageFacts(draft.section, draft.caption, draft.agency, draft.free, draft.languages),
        modified_at=min(draft.updated, now) if draft.updated else None,
    )


def byline_of(article: NewArticle | Article) -> str | None:
    """Who wrote it, and the agency that the page names."""
    agency = article.facts.agency
    return ", ".join((*article.authors, agency) if agency and agency not in article.authors else article.authors) or None


def _published(draft: Draft, entry: Entry) -> datetime | None:
    """When the page says that it was published; where it tells the day alone, the feed's hour, if that is of about this day."""
    if draft.published is None or (not draft.exact and entry.published and abs(entry.published - draft.published) < ABOUT_A_DAY):
        return entry.published
    return draft.published


def same_text(article: Article, known_hash: str, new: NewArticle) -> str:
    """Why what was read now is no further revision of the article; empty if it is one. ``known_hash``: of its newest revision."""
    if new.text_from == "feed" and article.text_from == "page":
        return "the feed's text of an article whose page is known"
    if new.body_hash == known_hash:
        return "the text is unchanged"
    if article.outcome is Outcome.FULL and new.outcome in (Outcome.PAYWALLED, Outcome.PARTIAL) and len(new.body) < len(article.body):
        return "the page shows only a part of the text that is known"  # a wall went up: nothing was taken back
    return ""


def cause_of(article: Article, removed: Sequence[Removed], new: NewArticle) -> Cause:
    """Why a text that was read anew differs from the article's: where all that came or went are lines that the one reading took for
    furniture and the other did not, nobody edited anything. ``removed``: what the article's newest revision left out."""
    if article.title != new.title or article.text_from != new.text_from:
        return Cause.OUTLET
    before, now = _keys(article.body, new.removed), _keys(new.body, removed)
    return Cause.RULES if before == now else Cause.OUTLET


def _keys(body: str, left_out: Sequence[Removed]) -> list[str]:
    """The lines of a text but for those that the other reading left out."""
    others = {line_key(line.text) for line in left_out}
    return [key for line in body.split("\n") if (key := line_key(line)) not in others]


def credits_in(removed: Sequence[Removed]) -> tuple[str, ...]:
    """Lines left out as repeated on the site, among which the credit of an agency may be."""
    return tuple(line.text for line in removed if line.reason == BY_HOST)


def visit_of(link: str | None, fetched: FetchedPage, outcome: Outcome, first_seen_at: datetime, now: datetime) -> Visit | None:
    """What this look at an article's page leaves behind for the next; None where there is none to come: no page, one that is gone or
    that robots.txt forbids, or a text that stands whole in its feed."""
    page = fetched.page
    whole_in_feed = page is None and fetched.outcome is Outcome.FULL
    if not link or whole_in_feed or outcome in (Outcome.DISALLOWED, Outcome.GONE):
        return None
    try:
        urls.key(link)
    except UsageError:
        return None
    next_at = next_visit(first_seen_at, now)
    if page is None:
        return Visit(link, next_at)
    url = page.url if outcome.has_text else link  # a wall may stand at an address of its own
    return Visit(url, next_at, fetched.etag, fetched.last_modified, hashlib.sha256(page.body).hexdigest())


def in_language(new: NewArticle, tags: Tags) -> NewArticle:
    return replace(new, language=tags.language)


def names_of(entry: LedgerEntry, fetched: FetchedPage, draft: Draft, url_key: str) -> tuple[Alias, ...]:
    """Every name under which the article behind an entry can be met again."""
    try:
        return aliases_of(
            entry.entry,
            entry.feed_id,
            final_url=fetched.page.url if fetched.page else None,
            canonical_url=draft.canonical_url,
            amp_url=draft.amp_url,
            redirects=fetched.redirects,
        )
    except UsageError:  # no address at all
        return (Alias("link", url_key), *names_in_feed(entry.entry, entry.feed_id))
