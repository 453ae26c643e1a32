"""Values survive the way into a JSON column and back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.model import Attribution, Claim, Entry, EntryState, LedgerEntry, Place, SoughtComment, Step
from aggregator.storage.codec import decode
from aggregator.storage.columns import Json, UtcTime, Words, storable

TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-7))]))
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
KINDS = [Entry, Attribution, SoughtComment, Place, Claim, LedgerEntry]
SQLITE: Dialect = sqlite.dialect()
POSTGRES: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]


def _built(kind: type[Any]) -> st.SearchStrategy[Any]:
    st.register_type_strategy(datetime, TIMES)
    st.register_type_strategy(str, TEXT)
    st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))  # JSON has no others
    st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
    return st.from_type(kind)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_value_comes_back_equal(kind: type[Any], data: st.DataObject) -> None:
    value = data.draw(_built(kind))
    column = Json()
    assert decode(kind, column.process_result_value(column.process_bind_param(value, SQLITE), SQLITE)) == value


def test_missing_fields_take_their_defaults_and_unknown_ones_are_left_out() -> None:
    assert decode(Entry, {"title": "t", "colour": "red"}) == Entry(title="t")


def test_enums_come_back_as_such() -> None:
    plain = {"id": 1, "feed_id": 2, "key": "k", "entry": {}, "state": "pending", "step": "fetch"}
    assert decode(LedgerEntry, plain) == LedgerEntry(1, 2, "k", Entry(), EntryState.PENDING, Step.FETCH)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("x\udfffy\x00", "x\ufffdy\ufffd"),
        ("🚀\ufffe", "🚀\ufffe"),
        ("", ""),
    ],
)
def test_what_no_database_takes_is_replaced_one_for_one(text: str, kept: str) -> None:
    assert storable(text) == kept
    assert Words().process_bind_param(text, SQLITE) == kept
    assert len(kept) == len(text)


def test_half_a_character_inside_json_is_replaced() -> None:
    column = Json()
    entry = Entry(title="a\ud83d", published=datetime(2026, 3, 4, tzinfo=UTC), tags=("\udc00",))
    written = column.process_bind_param({"entry": entry, "set": frozenset({"b", "a"})}, SQLITE)
    read = column.process_result_value(written, SQLITE)
    assert decode(Entry, read["entry"]) == Entry(title="a\ufffd", published=entry.published, tags=("\ufffd",))
    assert read["set"] == ["a", "b"]


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=lambda dialect: dialect.name)
@given(time=TIMES)
@settings(max_examples=50, deadline=None)
def test_times_come_back_in_utc(dialect: Any, time: datetime) -> None:
    column = UtcTime()
    try:
        time.astimezone(UTC)
    except OverflowError:
        return
    kept = column.process_result_value(column.process_bind_param(time, dialect), dialect)
    assert kept == time
    assert kept is not None
    assert kept.tzinfo is UTC


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        UtcTime().process_bind_param(datetime(2026, 3, 4), SQLITE)  # noqa: DTZ001  # that is the point
    assert UtcTime().process_bind_param(None, SQLITE) is None
    assert UtcTime().process_result_value(None, SQLITE) is None
