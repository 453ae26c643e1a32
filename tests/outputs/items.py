"""Items for the tests of the outputs: invented reports, plain and hostile."""

from datetime import UTC, datetime, timedelta

from aggregator.outputs.channel import Channel, Enclosure, Item, Origin, Point, category, tag_id

BASE = "https://news.example"
AT = datetime(2024, 5, 1, 10, 0, 5, 999, tzinfo=UTC)
HOSTILE = "a\x00\x0b\x1f\ud800\ufffe & <b>\"x\" 'y'</b> ]]> \U0001f6a8 & \t\r\n end"
HOSTILE_CLEAN = "a & <b>\"x\" 'y'</b> ]]> \U0001f6a8 & end"

CHANNEL = Channel(
    id=tag_id(BASE, "query", "drone"),
    title="Drones & <missiles>",
    link=f"{BASE}/?q=drone&place=Київ",
    self_url=f"{BASE}/feed.rss?q=drone&n=50",
    description="Articles that match drone.",
    updated=AT + timedelta(hours=3),
    language="en",
    hub="https://hub.example/",
    next_url=f"{BASE}/feed.rss?q=drone&after=1",
)
PLAIN = Item(
    id=tag_id(BASE, "article", 12),
    title="Drones over Kharkiv",
    link="https://outlet.example/news/12?a=1&b=2",
    html="<p>Three drones, <em>the governor</em> said. AT&amp;T was silent.</p>",
    published=AT,
    updated=AT + timedelta(hours=2),
    outlet="Example Gazette",
    authors=("A. Writer", "B. Editor"),
    language="uk",
    categories=(
        category(BASE, "place", "gn706483", "Kharkiv"),
        category(BASE, "outlet", "example-gazette", "Example Gazette"),
        category(BASE, "cited-source", "kharkiv-ova", "Kharkiv administration"),
        category(BASE, "language", "uk", "Ukrainian"),
    ),
    points=(Point(49.98081, 36.25272, "Kharkiv"),),
    origin=Origin("Example Gazette – world", "https://outlet.example/rss"),
    enclosure=Enclosure("https://outlet.example/12.mp3", "audio/mpeg", 12345),
    image="https://outlet.example/pictures/12.JPG?width=800&n=ї",
)
HARD = Item(
    id=tag_id(BASE, "article", "13 ü"),
    title=HOSTILE,
    link="https://outlet.example/новини/13?x=<\"'>",
    html=f"<p>{'x' * 10}\x0b</p>",
    published=AT - timedelta(hours=1),
    updated=AT - timedelta(hours=1),
    outlet=HOSTILE,
    categories=(category(BASE, "place", HOSTILE, HOSTILE),),
    points=(Point(-0.1, 179.9999999), Point(1.0, 2.0)),
    sample=True,
)
BARE = Item(tag_id(BASE, "article", 14), "", "https://outlet.example/14", "", AT - timedelta(days=9), AT - timedelta(days=9))
ITEMS = (PLAIN, HARD, BARE)
