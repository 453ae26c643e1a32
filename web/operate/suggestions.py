"""What the form for a new feed proposes: its name, its outlet, its language; and what the operator's answer comes to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from aggregator.app import App
from aggregator.extract.language import normalise
from aggregator.feeds import catalogue, telegram
from aggregator.model import FeedDraft, Outlet
from aggregator.subscribe import Preview, draft_of, slug
from web.present import count

SEPARATORS = (" | ", " - ", " – ", " — ", " » ", " :: ", ": ")  # between a section's name and its outlet's

SHARED = frozenset({"", "feeds.feedburner.com", "feeds2.feedburner.com", "news.google.com", "rss.app", "rsshub.app", "medium.com"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What stands in the form at first. ``outlet_id`` is set where the outlet is known; ``why`` is a sentence for people."""

    title: str
    outlet: str
    why: str
    outlet_id: str | None = None
    language: str | None = None


def suggest(app: App, seen: Preview, outlets: Mapping[str, Outlet]) -> Suggestion:
    """The feed's own name, the outlet that most likely publishes it, and the language that it says or that its entries are in."""
    parsed = seen.parsed
    title = (parsed.title if parsed else None) or _host(seen.url)
    language = normalise(parsed.language if parsed else None) or _usual(look.language for look in seen.entries)
    other = seen.elsewhere or (seen.overlap.feed if seen.overlap else None)
    if other and other.outlet_id in outlets:
        return _known(title, outlets[other.outlet_id], f"the feed “{other.title}” has the same entries", language)
    if _host(seen.url) in telegram.HOSTS:  # channels have their host in common and nothing else
        return Suggestion(title, title, "A new outlet: each channel is one of its own.", None, language)
    hosts = {_host((parsed.link if parsed else None) or ""), _host(seen.url)} - SHARED
    by_feed = Counter(feed.outlet_id for feed in app.store.feeds.all() if _together(_host(feed.url), hosts))
    for ident, number in by_feed.most_common(1):
        if ident in outlets:
            return _known(
                title, outlets[ident], f"{count(number, 'feed')} of it {'is' if number == 1 else 'are'} at the same site", language
            )
    for outlet in (*outlets.values(), *catalogue.load().outlets.values()):
        if outlet.homepage and _together(_host(outlet.homepage), hosts):
            return _known(title, outlet, f"its home is {_host(outlet.homepage)}", language)
    plain = not any(mark in title for mark in SEPARATORS)
    return Suggestion(title, title if plain else _host(seen.url), "No outlet of this site is known: this makes a new one.", None, language)


def draft_from(form: Mapping[str, str], address: str, outlets: Mapping[str, Outlet]) -> FeedDraft:
    """The feed that the form describes; an outlet that is known by the name given is taken, any other is made."""
    name = " ".join(form.get("outlet", "").split())
    theatre = form.get("theatre", "").strip()
    draft = draft_of(
        address,
        " ".join(form.get("title", "").split()) or None,
        theatre=slug(theatre) if theatre else None,
        outlet=name or None,
        language=normalise(form.get("language")),
    )
    known = (*outlets.values(), *catalogue.load().outlets.values())
    same = next((outlet for outlet in known if name and outlet.name.casefold() == name.casefold()), None)
    return replace(draft, outlet=same) if same else draft


def _together(host: str, hosts: Iterable[str]) -> bool:
    """Whether a host is one of these, above one or below one: ``rss.weir.example`` belongs to ``weir.example``."""
    return any(host == one or host.endswith(f".{one}") or one.endswith(f".{host}") for one in hosts) if host not in SHARED else False


def _known(title: str, outlet: Outlet, why: str, language: str | None) -> Suggestion:
    return Suggestion(title, outlet.name, f"Known already: {why}.", outlet.id, language)


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _usual(languages: Iterable[str | None]) -> str | None:
    found = Counter(language for language in languages if language)
    return found.most_common(1)[0][0] if found else None
