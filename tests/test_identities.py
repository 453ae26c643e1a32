"""Identity in the whole pipeline, in both directions: no item twice however its names change, and none lost to the name of another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.model import Article, Response
from tests.newsworld import START, World, item, page

SITE = "https://courier.example"
TITLES = (
    "Ferry at Kupiansk carries bread lorries again",
    "Mill at Izium grinds its first rye since autumn",
    "Orchard wall at Balakliia falls in the night",
    "Three wells at Chuhuiv are clean, says the laboratory",
)
SAID = ("ferryman Ostap Verba", "miller Hanna Zhyto", "gardener Danylo Sad", "chemist Iryna Krynytsia")
Answers = dict[str, bytes | Response]
Poll = tuple[Sequence[str], Answers]


def text(number: int) -> tuple[str, ...]:
    """The text of an article, like that of no other."""
    words = TITLES[number].lower()
    return (
        f"KHARKIV, Ukraine - {TITLES[number]}, and people from {number + 2} villages came on foot to see it with their own eyes.",
        f"“Nobody had believed that {words} before the frost,” the {SAID[number]} told reporters on the road to the station.",
        f"Report number {number + 41} of a week in which little else was told of {words.split(' at ')[-1]} and the places near it.",
    )


def link(number: int, tail: str = "") -> str:
    return f"{SITE}/news/{1207 + number}-{TITLES[number].split()[0].lower()}{tail}"


def entry(number: int, **more: str | None) -> str:
    fields: dict[str, str | None] = {"link": link(number), "title": TITLES[number], "guid": f"c-{number}", "text": text(number)[0], **more}
    return item(fields["link"], fields["title"] or "", fields["guid"], fields["text"] or "", START - timedelta(hours=number))


def answer(number: int, url: str | None = None, canonical: str | None = None, title: str | None = None) -> bytes | Response:
    """The page of an article; ``url``: where its redirects ended."""
    body = page(title or TITLES[number], text(number))
    if canonical:
        body = body.replace(b"</head>", f'<link rel="canonical" href="{canonical}"></head>'.encode())
    return Response(url, 200, {"content-type": "text/html"}, body, ((301, url),)) if url else body


def pages(*numbers: int) -> Answers:
    return {link(number): answer(number) for number in numbers}


def read(world: World, polls: Sequence[Poll], name: str = "courier") -> tuple[Article, ...]:
    """A feed shows these documents one after the other; what became of them."""
    feed = world.subscribe(name)
    for items, answers in polls:
        for url, said in answers.items():
            world.fetcher.says(url, said)
        world.publish(feed, *items)
        world.poll(feed)
        world.drain()
    return world.articles()


def token(number: int, request: int) -> str:
    return link(number, f"?token=q{request}W8xk2Lr{request}Tz91Mb{request}")


AMP, MOBILE = f"{SITE}/news/1207-ferry/amp", "http://m.courier.example/news/1207-ferry"
SHORT = "https://short.example/f7"
# name -> the polls of one feed in which there is one article, however it is called
ONCE: dict[str, Sequence[Poll]] = {
    "another GUID at each poll": [([entry(0, guid=f"random-{n}")], pages(0)) for n in range(3)],
    "a GUID that comes and goes": [([entry(0, guid=guid)], pages(0)) for guid in ("c-0", None, "c-0")],
    "a token in the link of each request, no GUID": [([entry(0, guid=None, link=token(0, n))], {token(0, n): answer(0)}) for n in range(3)],
    "a token in the link of each request": [([entry(0, link=token(0, n))], {token(0, n): answer(0)}) for n in range(3)],
    "another GUID and another address, the title kept": [
        ([entry(0, guid=f"{SITE}/news/bread-{n}", link=f"{SITE}/news/bread-{n}")], {f"{SITE}/news/bread-{n}": answer(0)}) for n in range(2)
    ],
    "retitled": [
        ([entry(0, title=title)], {link(0): answer(0, title=title)}) for title in (TITLES[0], "Bread crosses", "The Oskil is open")
    ],
    "AMP, mobile and http": [([entry(0, guid=url, link=url)], {url: answer(0)}) for url in (link(0), AMP, MOBILE)],
    "a short link that leads there": [([entry(0)], pages(0)), ([entry(0, guid="s", link=SHORT)], {SHORT: answer(0, link(0))})],
    "the short link first": [([entry(0, guid="s", link=SHORT)], {SHORT: answer(0, link(0))}), ([entry(0)], pages(0))],
    "another address that names it as canonical": [
        ([entry(0)], pages(0)),
        ([entry(0, guid="p", link=f"{SITE}/print?article=1207")], {f"{SITE}/print?article=1207": answer(0, canonical=link(0))}),
    ],
    "tracking that changes": [
        ([entry(0, guid=None, link=link(0, f"?utm_campaign=day{n}"))], {link(0, f"?utm_campaign=day{n}"): answer(0)}) for n in range(3)
    ],
    "a page that is opened at one of its posts": [
        ([entry(0, guid=f"g{n}", link=link(0, f"#post-{n}"))], {link(0, f"#post-{n}"): answer(0)}) for n in range(2)
    ],
}


@pytest.mark.parametrize("name", ONCE)
def test_one_article_however_it_is_called(world: World, name: str) -> None:
    (article,) = read(world, ONCE[name])
    assert text(0)[0][-40:] in article.body
    assert world.store.totals().stories == 1


EVERY = range(len(TITLES))
FRONT = f"{SITE}/"
# name -> one document in which there are as many articles as titles
EACH: dict[str, Callable[[], Poll]] = {
    "one GUID for all": lambda: ([entry(n, guid="0") for n in EVERY], pages(*EVERY)),
    "the feed's address as GUID of all": lambda: ([entry(n, guid=FRONT) for n in EVERY], pages(*EVERY)),
    "no GUID": lambda: ([entry(n, guid=None) for n in EVERY], pages(*EVERY)),
    "one canonical address on all pages": lambda: ([entry(n) for n in EVERY], {link(n): answer(n, canonical=FRONT) for n in EVERY}),
    "a wrong canonical address on all pages": lambda: (
        [entry(n) for n in EVERY],
        {link(n): answer(n, canonical=f"{SITE}/opinion/weekly-letter") for n in EVERY},
    ),
    "all redirect to one page of consent": lambda: (
        [entry(n) for n in EVERY],
        {link(n): answer(n, f"{SITE}/consent?back={n}") for n in EVERY},
    ),
    "GUIDs that were others' before": lambda: ([entry(n, guid=f"c-{len(TITLES) - 1 - n}") for n in EVERY], pages(*EVERY)),
}


@pytest.mark.parametrize("name", EACH)
def test_none_is_lost_to_the_name_of_another(world: World, name: str) -> None:
    before = EACH["no GUID"]() if name == "GUIDs that were others' before" else None
    articles = read(world, [*([before] if before else []), EACH[name]()])
    assert sorted(article.title for article in articles) == sorted(TITLES)
    assert all(article.revision == 1 for article in articles)


@pytest.mark.parametrize("guid", ["c-{}", "new-{}", None])
def test_a_feed_that_shows_its_archive_again_brings_nothing_new(world: World, guid: str | None) -> None:
    shown = [([entry(n)], pages(n)) for n in EVERY]
    before = read(world, shown)
    stamped = [entry(n, guid=guid and guid.format(n), text=text(n)[0] + " ") for n in EVERY]
    after = read(world, [(stamped, {})])
    assert [(article.id, article.revision, article.updated_at) for article in after] == [(a.id, a.revision, a.updated_at) for a in before]
    assert world.store.totals().articles == len(TITLES)


def test_an_item_of_two_feeds_under_other_names_is_one(world: World) -> None:
    read(world, [([entry(0)], pages(0))])
    feed = world.subscribe("relay")
    world.fetcher.says(SHORT, replace(answer(0, link(0)), url=link(0)))  # type: ignore[type-var]  # with an url it is a Response
    world.publish(feed, entry(0, guid="elsewhere", link=SHORT, title="Bread crosses"))
    world.poll(feed)
    world.drain()
    (article,) = world.articles()
    assert len({name.key for name in world.store.articles.aliases(article.id)}) >= 3
