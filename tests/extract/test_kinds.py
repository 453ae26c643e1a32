"""The kind of each line: headings, items, quotes, rows of tables, times of live posts, as the page has them."""

from aggregator.extract.body import extract
from aggregator.extract.liveblog import with_times
from aggregator.model import KINDS, Draft, RawPage, Removed

LONG = "The bridge over the river was hit twice on Friday night, the head of the district said on the radio, and no train goes."
QUOTED = "We heard it before we saw it, and then there was nothing but dust in all of the street for a quarter of an hour."


def page(body: str, head: str = "") -> Draft:
    return extract(RawPage("https://dispatch.example/7", f"<html><head>{head}</head><body>{body}</body></html>".encode()))


def kinds(draft: Draft) -> list[tuple[str, str]]:
    assert set(draft.kinds) <= KINDS
    return list(zip(draft.kinds, draft.body.split("\n"), strict=True))


def test_headings_items_and_quotes_are_told() -> None:
    items = "<ul><li>The first of the two bridges is closed to all trains.</li><li>The second is open to carts only.</li></ul>"
    text = f"<p>{LONG}</p><h2>What is known</h2>{items}<p>{LONG[::-1]}</p><blockquote><p>{QUOTED}</p></blockquote><p>Later, {LONG}</p>"
    found = kinds(page(f"<article><h1>Bridge hit twice</h1>{text}</article>"))
    assert [kind for kind, _ in found] == ["p", "h", "li", "li", "p", "q", "p"]
    assert ("h", "What is known") in found and ("q", QUOTED) in found


def test_rows_of_a_text_that_is_a_table_have_their_cells_parted() -> None:
    rows = [("Kherson", "4 hurt"), ("Nikopol", "2 hurt"), ("Marhanets", "nobody hurt"), ("Sumy", "1 dead"), ("Chuhuiv", "3 hurt")]
    cells = "".join(f"<tr><td>{town} district on Friday</td><td>{loss}</td><td></td></tr>" for town, loss in rows)
    found = kinds(page(f"<article><h1>Losses by district</h1><table>{cells}</table></article>"))
    assert ("row", "Kherson district on Friday | 4 hurt") in found


def live(head: str) -> Draft:
    posts = "".join(
        f"<div class=post><time datetime='2026-03-03T1{n}:05:00Z'>1{n}:05</time><h3>Post number {n} of the day</h3><p>{n}. {LONG}</p></div>"
        for n in range(4)
    )
    return page(f"<article><h1>Live: the bridge</h1><p>{LONG[::-1]}</p>{posts}</article>", head)


def test_the_posts_of_a_live_blog_have_their_times() -> None:
    found = kinds(live('<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Live: the bridge"}</script>'))
    assert [text for kind, text in found if kind == "time"] == ["10:05", "11:05", "12:05", "13:05"]
    after = [found[number + 1][1] for number, (kind, _) in enumerate(found) if kind == "time"]
    assert all(text.startswith(("Post number", f"{n}. ")) for n, text in enumerate(after))


def test_times_of_what_is_no_live_blog_are_no_lines() -> None:
    assert "time" not in live("").kinds


def test_what_was_removed_moves_with_the_lines() -> None:
    lines, removed = with_times(
        [("p", "One"), ("p", "Two")], [Removed("x", "r", 0), Removed("y", "r", 1), Removed("z", "r", 2)], {"two": "9:00"}
    )
    assert lines == [("p", "One"), ("time", "9:00"), ("p", "Two")]
    assert [item.at for item in removed] == [0, 1, 3]


def test_a_row_that_names_the_columns_is_told_from_the_others() -> None:
    towns = ("Kherson", "Nikopol", "Marhanets", "Sumy", "Chuhuiv")
    head = "<tr><th>Name of the town in question</th><th>Hurt on Friday</th></tr>"
    cells = "".join(f"<tr><th>{town} district on Friday</th><td>{n} hurt</td></tr>" for n, town in enumerate(towns))
    found = kinds(page(f"<article><h1>Losses by district</h1><table>{head}{cells}</table></article>"))
    assert found[0] == ("th", "Name of the town in question | Hurt on Friday")
    assert [kind for kind, _ in found[1:]] == ["row"] * 5
