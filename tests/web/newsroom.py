"""A small store for the tests of the web tree: invented articles of invented outlets, put in through the store and followed by the real
pipeline (copies, stories, claims, index). No network, no gazetteer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from aggregator.app import App, build
from aggregator.identity.revisions import body_hash
from aggregator.model import (
    Alias,
    Attribution,
    BodyLink,
    Cue,
    Entry,
    EntryState,
    Feed,
    FeedDraft,
    Mention,
    NewArticle,
    Outcome,
    Outlet,
    PageFacts,
    Place,
    Poll,
    PollOutcome,
    Removed,
    SoughtComment,
    Span,
    Speaker,
    Tags,
    Via,
)
from aggregator.ports import SeenEntry
from aggregator.settings import Settings
from tests.contract.builders import entered

BASE = "https://news.example"
NAME, PASSWORD = "marta", "correct horse battery"
HOSTILE = 'Fires <script>alert("1")</script> & "smoke" </title>\x0b'
NOW = datetime.now(UTC).replace(microsecond=0)

COURIER = Outlet(
    "tidewater-courier", "Tidewater Courier", "newspaper", "GB", ("en",), "independent", "its imprint", True, "https://tidewater.example/"
)
LAGOON = Outlet("lagoon-radio", "Lagoon Radio", "broadcaster", "IE", ("en",), "public", "its charter")
STEP = Outlet("stepova-khronika", "Степова хроніка", "online", "UA", ("uk",))
HARBOUR = Outlet("jaridat-al-marfa", "جريدة المرفأ", "newspaper", "LB", ("ar",), sample=True)
OUTLETS = {outlet.id: outlet for outlet in (COURIER, LAGOON, STEP, HARBOUR)}

UKRAINE = Place("gn690791", "Ukraine", "country", 49.0, 32.0, "UA", (), (), 690791)
KHARKIV = Place(
    "gn706483", "Kharkiv", "settlement", 49.98081, 36.25272, "UA", ("gn706482", "gn690791"), ("Kharkiv Oblast", "Ukraine"), 706483
)
TYRE = Place("gn267008", "Tyre", "settlement", 33.27333, 35.19389, "LB", ("gn272103",), ("Lebanon",), 267008)
OBLAST = Place("gn706482", "Kharkiv Oblast", "region", 49.5, 36.5, "UA", ("gn690791",), ("Ukraine",), 706482)
LEBANON = Place("gn272103", "Lebanon", "country", 33.83, 35.83, "LB", (), (), 272103)

HEATING = (
    "Heating returned to nine schools in Kharkiv on Tuesday after engineers bypassed a damaged boiler house.\n"
    'Deputy mayor Olena Savchuk said "the last two schools will be warm by Friday".\n'
    "The UK Ministry of Defence said strikes on boiler houses may have doubled since October.\n"
    "Residents queued for stoves while volunteers carried firewood up unlit stairs."
)
HEATING_LATER = HEATING.replace("nine schools", "eleven schools")
WARM = (
    "У Харкові повернули тепло до дев'яти шкіл.\n"
    "Заступниця міського голови Олена Савчук сказала, що останні дві школи нагріють до п'ятниці."
)
PORT = "عاد الصيادون إلى مرفأ صور بعد أسبوع من العواصف.\nقال نقيب الصيادين سليم حرب إن سبعة قوارب ما زالت مفقودة."
SYLLABLES = ("bar", "cel", "dom", "fen", "gil", "hos", "jur", "kel", "lim", "mov", "nar", "pes", "quo", "rud", "sil", "tov")


def open_app(folder: Path, base_url: str = BASE, **settings: Any) -> App:
    """The product over a data folder, with a registry but without a gazetteer."""
    values: dict[str, Any] = {"base_url": base_url, "secret_key": "for tests only", "api_limit": 0, "api_limit_token": 0}
    return build(Settings(data_dir=folder, gazetteer_dir=folder / "none", **values | settings))


def fill(folder: Path) -> None:
    """Put everything in."""
    app = open_app(folder)
    feeds = {outlet.id: _feed(app, outlet) for outlet in OUTLETS.values()}
    hour = timedelta(hours=1)
    origin = _add(
        app, feeds[COURIER.id], "heating", "Heating returns to nine Kharkiv schools", HEATING, "en", NOW - 5 * hour, _heating(HEATING)
    )
    _add(
        app,
        feeds[LAGOON.id],
        "heating-wire",
        "Nine schools warm again in Kharkiv",
        HEATING,
        "en",
        NOW - 4 * hour,
        replace(_heating(HEATING), wire="nobody-wire"),
    )
    _revise(app, origin, feeds[COURIER.id], "heating", "Heating returns to eleven Kharkiv schools", HEATING_LATER, NOW - 2 * hour)
    _add(
        app,
        feeds[STEP.id],
        "teplo",
        "До дев'яти шкіл Харкова повернули тепло",
        WARM,
        "uk",
        NOW - 3 * hour,
        _told(WARM, "Олена Савчук", KHARKIV, "Харкові"),
    )
    _add(app, feeds[HARBOUR.id], "sur", "صيادو صور يعودون إلى البحر", PORT, "ar", NOW - 90 * hour, _told(PORT, "سليم حرب", TYRE, "صور"))
    _add(
        app,
        feeds[COURIER.id],
        "hostile",
        HOSTILE,
        "A & B <b>\"bold\"</b> 'quoted'.\n</p><img src=x onerror=alert(1)>",
        None,
        NOW - hour,
        Tags(),
    )
    _add(
        app,
        feeds[LAGOON.id],
        "wall",
        "Only the first lines of a long report",
        "Behind this wall stands a long report.",
        "en",
        NOW - 26 * hour,
        Tags(language="en"),
        Outcome.PAYWALLED,
    )
    for number in range(34):
        title, body = _notes(number)
        _add(app, feeds[LAGOON.id], f"note-{number}", title, body, "en", NOW - timedelta(days=3, minutes=number), Tags(language="en"))
    _polls(app, feeds)
    while app.pipeline.follow():
        pass
    first, second = (app.store.stories.create(f"A story to be merged {n}", NOW) for n in range(2))
    app.store.stories.merge(second, first)
    app.store.stories.merge(first, story_of(app, "heating"))
    app.store.users.add(NAME, PasswordHasher().hash(PASSWORD), "operator", NOW)
    app.close()


def story_of(app: App, name: str) -> int:
    """Id of the story of an article."""
    story_id = app.store.articles.get(article_of(app, name)).story_id
    assert story_id is not None
    return story_id


def article_of(app: App, name: str) -> int:
    """Id of an article by the end of its address."""
    return next(hit.article_id for outlet in OUTLETS for hit in app.store.articles.find([Alias("link", f"{outlet}.example/{name}")]))


def _feed(app: App, outlet: Outlet) -> Feed:
    draft = FeedDraft(
        f"https://{outlet.id}.example/feed.xml", f"{outlet.name}: all", outlet, "ukraine", outlet.languages[0], sample=outlet.sample
    )
    return app.store.feeds.add(draft, NOW)[0]


def put(app: App, outlet: Outlet, name: str, title: str, body: str, language: str, at: datetime, tags: Tags) -> int:
    """Store an article of an outlet, to be followed; return its id."""
    return _add(app, _feed(app, outlet), name, title, body, language, at, tags)


FACTS = {"wall": PageFacts("Coast", "The wall at dusk", "Meridian", False, ("en", "ar"))}


def _new(feed: Feed, name: str, title: str, body: str, language: str | None, at: datetime, outcome: Outcome = Outcome.FULL) -> NewArticle:
    url = f"{feed.outlet_id}.example/{name}"
    return NewArticle(
        outlet_id=feed.outlet_id,
        url=f"https://{url}",
        url_key=url,
        title=title,
        body=body,
        kinds=("p",) * len(body.split("\n")),
        language=language,
        published_at=at,
        first_seen_at=at + timedelta(minutes=4),
        body_hash=body_hash(title, body),
        authors=("Ada Quill",),
        outcome=outcome,
        feed_id=feed.id,
        sample=feed.sample,
        removed=(Removed("Read more on our site", "tip"),),
        image=f"https://{url}.jpg",
        facts=FACTS.get(name, PageFacts()),
        links=(BodyLink(0, 0, 6, "https://elsewhere.example/source"),),
    )


def _add(
    app: App, feed: Feed, name: str, title: str, body: str, language: str | None, at: datetime, tags: Tags, outcome: Outcome = Outcome.FULL
) -> int:
    entry = Entry(guid=name, link=f"https://{feed.outlet_id}.example/{name}", title=title, published=at)
    (entry_id,) = entered(app.store, feed.id, [SeenEntry(name, "1", entry)], at)
    added = app.store.articles.add(_new(feed, name, title, body, language, at, outcome), [], tags, at + timedelta(minutes=5), entry_id)
    assert added is not None
    return added


def _revise(app: App, article_id: int, feed: Feed, name: str, title: str, body: str, at: datetime) -> None:
    app.store.articles.revise(article_id, _new(feed, name, title, body, "en", at), [], _heating(body), at)


def revise(app: App, article_id: int, title: str, body: str) -> None:
    """The outlet of an article changes it now, and everything follows."""
    found = app.store.articles.get(article_id)
    name = found.url_key.rpartition("/")[2]
    new = replace(_new(_feed(app, OUTLETS[found.outlet_id]), name, title, body, found.language, found.at), text_from=found.text_from)
    app.store.articles.revise(article_id, new, [], app.store.articles.tags([article_id])[article_id], datetime.now(UTC))
    while app.pipeline.follow():
        pass


def _heating(body: str) -> Tags:
    """Speakers of each sort: registered, named, unnamed, one that the registry does not know any more, and one with a via."""
    said: list[tuple[str, str, str | None, str, str, dict[str, Any]]] = [
        ("Olena Savchuk", "Olena Savchuk", None, '"the last two schools will be warm by Friday"', "said", {}),
        (
            "UK Ministry of Defence",
            "UK Ministry of Defence",
            "uk-mod",
            "strikes on boiler houses may have doubled since October",
            "said",
            {"hedged": True},
        ),
        ("Residents", "residents", None, "queued for stoves", "queued", {"negated": True}),
        (
            "volunteers",
            "Ghost of the Registry",
            "ghost-source",
            "carried firewood up unlit stairs",
            "carried",
            {"channel": "telegram", "said_on": "2026-03-04"},
        ),
    ]
    attributions = []
    for text, name, source_id, words, cue, more in said:
        at, says, start = body.index(text), body.index(cue), body.index(words)
        kind, side = ("ministry", "western") if source_id == "uk-mod" else ("official", "unknown")
        role = "deputy mayor" if name == "Olena Savchuk" else None
        anonymity = "anonymous" if name == "residents" else "named"
        speaker = Speaker(at, at + len(text), text, name, source_id, kind, side, role, anonymity=anonymity)
        via = (Via(0, 7, "Heating", "uk-mod"),) if source_id == "ghost-source" else ()
        attributions.append(
            Attribution(speaker, Cue(says, says + len(cue), cue, "say", "claim"), (Span(start, start + len(words)),), via, **more)
        )
    start = body.index("Kharkiv")
    return Tags(
        language="en",
        mentions=(
            Mention(start, start + 7, "Kharkiv", KHARKIV, "event", 0.9),
            *(Mention(0, 7, "Heating", place, "mention", 0.3) for place in (UKRAINE, OBLAST, LEBANON)),
        ),
        primary_places=(KHARKIV.id,),
        attributions=tuple(attributions),
        sought_comment=(SoughtComment(0, 7, "the boiler works"),),
    )


def _told(body: str, name: str, place: Place, where: str) -> Tags:
    at, line, start = body.index(name), body.index("\n") + 1, body.index(where)
    attribution = Attribution(Speaker(at, at + len(name), name, name, kind="official"), None, (Span(line + 30, len(body)),))
    return Tags(
        mentions=(Mention(start, start + len(where), where, place, "event", 0.9),), primary_places=(place.id,), attributions=(attribution,)
    )


def _notes(number: int) -> tuple[str, str]:
    """A title and a text of words that no other note has."""
    words = [
        "".join(SYLLABLES[(number * 7 + part * 3 + n * 5) % 16] for part in range(2)) + f"{chr(97 + number % 26)}{n}{number}"
        for n in range(24)
    ]
    return f"{words[0]} {words[1]} {words[2]}".capitalize(), f"{' '.join(words[:12]).capitalize()}.\n{' '.join(words[12:]).capitalize()}."


def _polls(app: App, feeds: dict[str, Feed]) -> None:
    good, bad = feeds[COURIER.id], feeds[STEP.id]
    entry = Entry(guid="lost", link="https://tidewater-courier.example/lost", title="A page that never came")
    (entry_id,) = entered(app.store, good.id, [SeenEntry("lost", "1", entry)], NOW)
    app.store.ledger.finish(entry_id, EntryState.FAILED, "neither page nor feed gave a text", NOW)
    app.store.feeds.record_polls(
        [(Poll(good.id, NOW, PollOutcome.NEW_ENTRIES, 200, 4, 4, warnings=("no dates",)), replace(good, last_ok_at=NOW))]
    )
    failing = replace(bad, errors_in_row=3, state_text="403 since this morning, next try in an hour")
    app.store.feeds.record_polls([(Poll(bad.id, NOW, PollOutcome.HTTP_ERROR, 403, error="403 Forbidden"), failing)])
