"""Adding feeds: whatever an operator has (an address, a channel, a page's HTML, a list) is looked at first, then chosen, then added."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_login import current_user, login_required
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Redirect

from aggregator.errors import (
    BusyError,
    DisallowedError,
    FeedError,
    FrontwireError,
    HttpError,
    NetworkError,
    RefusedError,
    TooLargeError,
    UsageError,
)
from aggregator.feeds import catalogue
from aggregator.feeds.parse import parse
from aggregator.model import Outcome, RawFeed
from aggregator.previewing import of_subscription
from aggregator.search.facets import LANGUAGES
from aggregator.subscribe import (
    Added,
    Discovery,
    Listed,
    Preview,
    add_opml,
    address_of,
    discover,
    explore,
    feed_address,
    opml_of,
    survey_opml,
    take_back,
)
from web.operate.suggestions import Suggestion, draft_from, suggest
from web.present import count
from web.product import outlets, product

blueprint = Blueprint("adding", __name__, url_prefix="/operate")
blueprint.before_request(login_required(lambda: None))  # every page here asks for a login

BUDGET_S = 12.0  # for the look at a feed, and again for the search where it is none
LONGER_S = 35.0  # where somebody asks for a longer search
LONGER_TRIED = 30  # addresses, then
BADGES = {
    Outcome.FULL: "full text",
    Outcome.PARTIAL: "part of the text",
    Outcome.PAYWALLED: "paywalled",
    Outcome.CONSENT: "consent wall",
    Outcome.NEEDS_SCRIPT: "needs scripts",
    Outcome.NOT_ARTICLE: "no article",
    Outcome.EMPTY: "no text found",
    Outcome.BLOCKED: "refuses us",
    Outcome.DISALLOWED: "robots.txt forbids",
    Outcome.GONE: "gone",
}
FORMATS = {
    "rss20": "RSS 2.0",
    "rss10": "RSS 1.0",
    "rss09x": "RSS 0.9",
    "atom10": "Atom",
    "atom03": "Atom 0.3",
    "json11": "JSON Feed",
    "json10": "JSON Feed",
    "cdf": "CDF",
    "news_sitemap": "news sitemap",
    "sitemap": "sitemap",
    "telegram": "Telegram channel",
}
HOW = {
    "alternate": "link rel=alternate",
    "link": "a link in the page",
    "sitemap": "robots.txt or a sitemap",
    "path": "a usual place",
    "telegram": "a channel",
    "comments": "readers' comments",
}
HELP: tuple[tuple[type[FrontwireError], str], ...] = (  # what helps against an address that does not answer; the first that fits
    (UsageError, "Right would be the address of a feed or a site (https://…), or a public Telegram channel (@name or t.me/name)."),
    (RefusedError, "Right would be an address on the public internet (https://…)."),
    (DisallowedError, "The site does not want this address to be read by programs. If it offers a feed elsewhere, give that address."),
    (TooLargeError, "A feed is smaller than that. Give the address of a feed rather than of a download."),
    (FeedError, "Only public channels can be read, those whose posts show in a browser at t.me/s/NAME without an account."),
    (BusyError, "Its feeds are being read just now: try again in a minute."),
    (NetworkError, "Check the spelling of the host's name, or try again later. If your browser reaches it, paste the page below."),
    (HttpError, "If your browser shows the page, paste its HTML below; else check the address."),
)
SIZES = "At most 4 MB can be sent. Of a page, the part up to </head> is enough; a long list comes in by `frontwire opml import FILE`."


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing can be shown, and what would help."""

    message: str
    help: str = ""


@blueprint.app_template_filter("ago")
def ago(at: datetime, now: datetime | None = None) -> str:
    """How long ago an hour is, in its largest fitting unit: ``3 hours ago``."""
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    if seconds < 0:
        return "in the future"
    for size, unit in ((365 * 86_400, "year"), (30 * 86_400, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return f"{count(int(seconds // size), unit)} ago"
    return "just now"


@blueprint.get("/add")
def look() -> str | tuple[str, int]:
    """Whatever an address gives: the preview of a feed, the feeds of a site, or why there is nothing; nothing is stored."""
    url = request.args.get("url", "").strip()
    if not url:
        return _page()
    longer = bool(request.args.get("longer"))
    try:
        seen = explore(product(), url, budget_s=LONGER_S, limit=LONGER_TRIED) if longer else explore(product(), url, budget_s=BUDGET_S)
    except FrontwireError as error:
        return _page(url, problem=_problem(error)), 422
    if isinstance(seen, Discovery):
        return _page(url, found=seen, longer=longer)
    return _page(url, seen=seen)


@blueprint.post("/add/page")
def look_at_pasted() -> str | tuple[str, int]:
    """The feeds that a pasted page names, tried; nothing is stored."""
    url, html = request.form.get("url", "").strip(), request.form.get("html", "").strip()
    if not html:
        return _page(url, problem=Problem("Nothing was pasted.", "Paste the source of the page: everything that begins with <html.")), 422
    try:
        address = address_of(url)
        if _is_feed(html.encode(), address):
            why = "What you pasted is a feed itself, not a page."
            return _page(url, html=html, problem=Problem(why, "Give its address above: it has to be asked again and again.")), 422
        found = discover(product(), address, html=html.encode(), budget_s=BUDGET_S)
    except FrontwireError as error:
        return _page(url, html=html, problem=_problem(error)), 422
    return _page(url, html=html, found=found, pasted=True)


@blueprint.post("/add")
def add() -> Redirect:
    """Subscribe to a feed that was looked at."""
    form, app = request.form, product()
    draft = draft_from(form, feed_address(form["url"]), outlets())
    made, new = app.store.feeds.add(draft, app.clock.now())
    said = "is added; it is polled at the next tick." if new else "is subscribed to already; nothing was changed."
    _say(said, made.added_at if new else None, feed_id=made.id, title=made.title, site=form.get("site", ""))
    return redirect(url_for("adding.look"))


@blueprint.post("/opml")
def look_at_list() -> str | tuple[str, int]:
    """What an uploaded OPML list would bring; nothing is stored."""
    upload = request.files.get("list")
    data = upload.read() if upload else b""
    if not data:
        return _page(problem=Problem("No list was sent.", "Choose an OPML file, as other readers export it.")), 422
    try:
        listed = survey_opml(product(), data)
    except FeedError as error:
        return _page(problem=Problem(error.message, "Right would be an OPML file, as other readers export it.")), 422
    return _list(listed)


@blueprint.post("/opml/add")
def add_list() -> Redirect:
    """Subscribe to the chosen feeds of a list that was looked at."""
    chosen = request.form.getlist("pick")
    added = add_opml(product(), request.form["opml"].encode(), only=chosen)
    say_added(added)
    return redirect(url_for("operate.desk"))


@blueprint.post("/undo")
def undo() -> Redirect:
    """Forget the feeds that were added together a moment ago."""
    try:
        at = datetime.fromisoformat(request.form["at"])
    except ValueError as error:
        raise UsageError("This is no hour at which feeds were added.") from error
    gone = take_back(product(), at)
    names = gone[0].title if len(gone) == 1 else count(len(gone), "feed")
    flash(f"{names}: taken back; articles that had come in stay." if gone else "There was nothing left to take back.")
    return redirect(url_for("operate.desk"))


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> tuple[str, int]:
    """A page or a list over the limit of the web server, which shows before anybody is asked who they are."""
    if not current_user.is_authenticated:
        return render_template("error.html", status=413, message="What was sent is too large."), 413
    return _page(problem=Problem("What was sent is too large.", SIZES)), 413


def say_added(added: Added) -> None:
    """Leave a message about a list or a theatre that came in, with the way back."""
    text = f"{count(added.new, 'feed')} added" + (f", {added.known} were there already" if added.known else "")
    _say(f"{text}.", added.at if added.new else None)


@blueprint.app_template_global()
def just_added() -> dict[str, str | int] | None:
    """What was added a moment ago: said once, on the next page."""
    found: dict[str, str | int] | None = session.pop("added", None)
    return found


def _say(text: str, undo: datetime | None, **more: str | int) -> None:
    session["added"] = {"text": text, "undo": undo.isoformat() if undo else "", **more}


def _problem(error: FrontwireError) -> Problem:
    return Problem(error.message, next((text for kind, text in HELP if isinstance(error, kind)), ""))


def _is_feed(body: bytes, url: str) -> bool:
    try:
        return bool(parse(RawFeed(url, body, None, {}), product().clock.now()).format)
    except FeedError:
        return False


def _page(
    url: str = "",
    *,
    seen: Preview | None = None,
    found: Discovery | None = None,
    problem: Problem | None = None,
    html: str = "",
    pasted: bool = False,
    longer: bool = False,
) -> str:
    proposed: Suggestion | None = suggest(product(), seen, outlets()) if seen and not seen.known else None
    site = request.args.get("site", "")
    return render_template(
        "add.html",
        url=url,
        seen=seen,
        found=found,
        problem=problem,
        html=html,
        pasted=pasted,
        longer=longer,
        site=site,
        further=f"?{urlencode({'url': url, 'longer': '1'})}",
        proposed=proposed,
        outlets=outlets() if proposed else {},
        theatres=_theatres(),
        languages=LANGUAGES,
        badges=BADGES,
        formats=FORMATS,
        warnings=_warnings(seen) if seen else (),
        how=HOW,
    )


def _warnings(seen: Preview) -> tuple[str, ...]:
    """What to mind, but for what is said with links beside it."""
    said = of_subscription(seen.elsewhere, seen.overlap, seen.known) if seen.overlap else []
    return tuple(text for text in seen.warnings if text not in said)


def _theatres() -> dict[str, str]:
    """Theatres by id with the catalogue's names, and those that somebody made."""
    named = {theatre.id: theatre.name for theatre in catalogue.load().theatres}
    return {feed.theatre: feed.theatre for feed in product().store.feeds.all() if feed.theatre} | named


def _list(listed: Listed) -> str:
    return render_template("add_list.html", listed=listed, opml=opml_of(listed.new).decode(), languages=LANGUAGES)
