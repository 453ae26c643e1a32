"""What people say of the places of one text goes before what was worked out, in all forms of a name and only where it was meant."""

import pytest

from aggregator.model import NOTHING_SAID, SaidPart, SaidParts
from aggregator.places.said import around
from aggregator.places.tag import PlaceTagger

TITLE = "Talks on Kharkiv"
TEXT = """KYIV (Wire) - Shells hit Bakhmut at dawn, and a second salvo hit Rafah.
Moscow said it was not to blame. Ministers met in Kyiv, while smoke rose over Moscow."""
BAKHMUT, RAFAH, KYIV, MOSCOW, KHARKIV = "gn713174", "gn281102", "gn703448", "gn524901", "gn706483"


def said(*parts: tuple[str, ...], leading: str | None = None) -> SaidParts:
    """``parts``: key, role and, where only one occurrence is meant, words around it."""
    return SaidParts(tuple(SaidPart(key, role, "".join(near), "marta said so") for key, role, *near in parts), leading)


def roles(tagger: PlaceTagger, of: SaidParts, text: str = TEXT, language: str = "en") -> list[tuple[str, str]]:
    return [(m.text, m.role) for m in tagger.tag("", text, language=language, said=of).mentions]


def test_nothing_said_changes_nothing(tagger: PlaceTagger) -> None:
    assert not NOTHING_SAID
    assert tagger.tag(TITLE, TEXT, language="en", said=SaidParts()) == tagger.tag(TITLE, TEXT, language="en")
    assert tagger.tag(TITLE, TEXT, language="en", said=said(("paris", "event"))) == tagger.tag(TITLE, TEXT, language="en")


def test_a_name_plays_the_part_that_was_said(tagger: PlaceTagger) -> None:
    before = roles(tagger, NOTHING_SAID)
    assert before[0] == ("KYIV", "dateline") and before[3] == ("Moscow", "actor")
    after = roles(tagger, said(("moscow", "event")))
    assert [role for name, role in after if name == "Moscow"] == ["event", "event"]
    assert [one for one in after if one[0] != "Moscow"] == [one for one in before if one[0] != "Moscow"]


def test_only_within_the_words_that_were_named(tagger: PlaceTagger) -> None:
    words = "while smoke  rose — over Moscow"  # as they are compared: words alone
    after = roles(tagger, said(("moscow", "origin"), ("moscow", "mention", words)))
    assert [role for name, role in after if name == "Moscow"] == ["origin", "mention"]
    turned = said(("moscow", "mention", words), ("moscow", "origin"))
    assert roles(tagger, turned) == after  # the narrower one goes first, whichever was said first
    gone = said(("moscow", "mention", "over the roofs of Moscow"))
    assert roles(tagger, gone) == roles(tagger, NOTHING_SAID)


def test_of_two_rules_the_later_holds(tagger: PlaceTagger) -> None:
    after = roles(tagger, said(("rafah", "origin"), ("rafah", "actor")))
    assert ("Rafah", "actor") in after


@pytest.mark.parametrize(
    ("language", "text", "key"),
    [
        ("uk", "Обстріл Бахмута тривав. У Бахмуті згорів дім.", "бахмут"),
        ("ru", "Обстрел Бахмута. Люди ушли из Часова Яра.", "бахмута"),
        ("ar", "قصف على رفح فجرا. ورفح بلا ماء.", "رفح"),
        ("tr", "Ankara'da toplantı yapıldı. Ankara açıkladı.", "ankara"),
    ],
)
def test_forms_of_a_name_follow_it(tagger: PlaceTagger, language: str, text: str, key: str) -> None:
    before, after = roles(tagger, NOTHING_SAID, text, language), roles(tagger, said((key, "origin")), text, language)
    assert len(after) == 2 and [name for name, _ in before] == [name for name, _ in after]
    others = {"Часова Яра"}
    assert {role for name, role in after if name not in others} == {"origin"}
    assert [one for one in after if one[0] in others] == [one for one in before if one[0] in others]


def test_what_leads_follows_from_the_parts(tagger: PlaceTagger) -> None:
    def leads(of: SaidParts, title: str = "") -> tuple[str, ...]:
        return tagger.tag(title, TEXT, language="en", said=of).primary_places

    assert leads(NOTHING_SAID)[0] == BAKHMUT
    no_event = said(("bakhmut", "mention"))
    assert BAKHMUT not in leads(no_event) and leads(no_event)[0] == RAFAH
    assert KYIV in leads(said(("bakhmut", "mention"), ("rafah", "mention"), ("moscow", "actor"), ("kyiv", "event")))
    # a name that people called a mention leads not even where the headline has it and nothing else happens
    calm = "The mayor of Kharkiv gave a speech on budgets."
    headline = tagger.tag("Kharkiv counts its money", calm, language="en", said=said(("kharkiv", "mention")))
    assert headline.primary_places == ()


def test_people_say_what_leads(tagger: PlaceTagger) -> None:
    def leads(leading: str | None) -> tuple[str, ...]:
        return tagger.tag("", TEXT, language="en", said=said(leading=leading)).primary_places

    plain = leads(None)
    assert leads(MOSCOW)[0] == MOSCOW and leads(MOSCOW)[1:] == tuple(one for one in plain if one != MOSCOW)[:2]
    assert leads("") == ()
    assert leads(KHARKIV) == plain  # the text does not name it


def test_it_is_explained(tagger: PlaceTagger) -> None:
    found = {e.text: e for e in tagger.explain("", TEXT, language="en", said=said(("rafah", "mention")))}
    assert (found["Rafah"].role, found["Rafah"].role_because) == ("mention", "marta said so")
    assert found["Bakhmut"].role_because != "marta said so"


@pytest.mark.parametrize("n", range(5))
def test_the_words_around_a_name_find_it_again(tagger: PlaceTagger, n: int) -> None:
    mentions = tagger.tag("", TEXT, language="en").mentions
    name = mentions[n]
    words = around(TEXT, name.start, name.end)
    assert name.text in words and words in TEXT and "\n" not in words
    after = tagger.tag("", TEXT, language="en", said=said((name.text.lower(), "origin", words))).mentions
    assert [m.role for m in after] == ["origin" if k == n else m.role for k, m in enumerate(mentions)]


def test_words_around_stay_in_the_paragraph() -> None:
    text = "First line.\nOdesa\nLast line, it is."
    assert around(text, 12, 17) == "Odesa"
    assert around(text, 0, 5) == "First line" and around(text, 18, 22) == "Last line, it is"
