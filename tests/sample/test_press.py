"""The press as a whole: enough of it, each text its own, copies that share their origin's words, edits that show."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.sample.newsroom import Newsroom, Piece, all_texts, fill
from aggregator.sample.press import Text, load, words_in
from aggregator.sample.truth import truths

START = datetime(2031, 5, 6, 9, 0, tzinfo=UTC)
ROOM = Newsroom(8765, START)
END = START + timedelta(hours=2)
FEWEST_WORDS = 90


def pieces(now: datetime) -> list[Piece]:
    return [piece for outlet_id in load().outlets for piece in ROOM.edition(outlet_id, now)]


def test_there_is_enough_of_it() -> None:
    now = pieces(START)
    assert len(load().outlets) >= 14
    assert len({outlet.language for outlet in load().outlets.values()}) >= 5
    assert len(now) >= 150
    assert len({piece.outlet.id for piece in now}) >= 12
    assert len({text.event for text in all_texts() if text.event_minute <= 0}) >= 45
    assert len({text.event for text in all_texts() if text.event_minute > 0}) >= 12
    assert len(load().texts) >= 100
    assert {text.theatre for text in all_texts()} >= {"ukraine", "levant", "sudan", "syria", "yemen", "drc", "myanmar", "sahel"}
    assert len({piece.published_at.date() for piece in now}) >= 4


def test_held_back_events_come_every_one_to_two_minutes() -> None:
    minutes = sorted({text.event_minute for text in all_texts() if text.event_minute > 0})
    gaps = [later - earlier for earlier, later in zip([0.0, *minutes], minutes, strict=False)]
    assert all(1 <= gap <= 2 for gap in gaps), gaps


@pytest.mark.parametrize("text", all_texts(), ids=lambda text: text.id)
def test_each_text_is_long_enough_in_every_version(text: Text) -> None:
    for version in text.versions:
        assert sum(map(words_in, version.paragraphs)) >= FEWEST_WORDS
        assert version.title and "\n" not in version.title
        assert all(paragraph for paragraph in version.paragraphs)


def test_every_event_is_told_more_than_once() -> None:
    by_hand = Counter(text.event for text in load().texts)
    assert all(1 <= count <= 6 for count in by_hand.values()), by_hand
    assert all(count >= 2 for count in Counter(text.event for text in all_texts()).values())


def test_no_paragraph_is_written_twice() -> None:
    paragraphs = Counter(paragraph for text in load().texts for paragraph in text.versions[0].paragraphs)
    assert [paragraph for paragraph, times in paragraphs.items() if times > 1] == []
    titles = Counter(text.versions[0].title for text in load().texts)
    assert [title for title, times in titles.items() if times > 1] == []


def test_copies_share_their_origins_text_and_language() -> None:
    by_id = {text.id: text for text in all_texts()}
    copies = [text for text in all_texts() if text.origin]
    assert len(copies) >= 50
    for copy in copies:
        origin = by_id[str(copy.origin)]
        assert copy.language == origin.language
        assert copy.minute > origin.minute
        own = set(copy.versions[0].paragraphs)
        assert len(own & set(origin.versions[0].paragraphs)) >= len(own) - 1
        assert copy.outlet in load().outlets[str(copy.agency)].clients


def test_addresses_and_ids_are_unique() -> None:
    found = pieces(END)
    assert len({piece.url for piece in found}) == len(found)
    assert len({(piece.outlet.id, piece.guid) for piece in found}) == len(found)


def test_no_placeholder_is_left_and_languages_name_days_their_own_way() -> None:
    for piece in pieces(END):
        assert "{" not in piece.title + "".join(piece.paragraphs), piece.id
    words = load().words
    tuesday = datetime(2031, 5, 6, tzinfo=UTC)
    assert fill("on {day}, {date-6}", tuesday, words["en"]) == "on Tuesday, 30 April"
    assert fill("{day+1}", tuesday, words["ru"]) == "в среду"


def test_nothing_is_dated_later_than_it_is_shown() -> None:
    fast = Newsroom(8765, START, speed=10.0)
    for minutes in (0, 1, 3, 10):
        now = START + timedelta(minutes=minutes)
        for room in (ROOM, fast):
            for outlet_id in load().outlets:
                for piece in room.edition(outlet_id, now):
                    assert piece.published_at <= piece.updated_at <= now


def test_edits_show_up_over_time() -> None:
    before = {piece.id: piece for piece in pieces(START)}
    after = {piece.id: piece for piece in pieces(END)}
    changed = [ident for ident, piece in before.items() if after[ident].version > piece.version]
    assert len(changed) >= 5
    for ident in changed:
        assert (before[ident].title, before[ident].paragraphs) != (after[ident].title, after[ident].paragraphs)
        assert before[ident].url == after[ident].url
    assert any(before[ident].title != after[ident].title for ident in changed)
    assert any(len(before[ident].paragraphs) > len(after[ident].paragraphs) for ident in changed)


def test_speed_shortens_only_what_is_to_come() -> None:
    fast = Newsroom(8765, START, speed=4.0)
    assert fast.moment(-60) == START - timedelta(hours=1)
    assert fast.moment(8) == START + timedelta(minutes=2)


def test_truth_covers_every_article() -> None:
    facts = truths(ROOM)
    urls = {truth.url for truth in facts}
    assert {piece.url for piece in pieces(END)} == urls
    assert len(facts) == len(urls) == len(all_texts())
    for truth in facts:
        assert truth.places, truth.id
        assert truth.cites, truth.id
        assert truth.is_copy == (truth.copy_group != truth.id)
    assert any(truth.held_back for truth in facts)
