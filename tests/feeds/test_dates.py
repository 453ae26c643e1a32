"""Dates of every shape that feeds have been seen with."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.feeds.dates import parse_date, words

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

# text -> ISO 8601 in UTC; None: no date
CASES = {
    # RFC 822 and its habits
    "Thu, 24 Feb 2022 05:07:09 GMT": "2022-02-24T05:07:09",
    "Thu, 24 Feb 2022 05:07:09 +0200": "2022-02-24T03:07:09",
    "Thu, 24 Feb 2022 05:07:09 -0530": "2022-02-24T10:37:09",
    "Thu, 24 Feb 2022 05:07 +02:00": "2022-02-24T03:07:00",
    "24 Feb 22 05:07:09 Z": "2022-02-24T05:07:09",
    "Fri, 24 Feb 2022 05:07:09 GMT": "2022-02-24T05:07:09",  # the weekday is wrong and does not count
    "Thu, 24 Feb 2022 05:07:09": "2022-02-24T05:07:09",
    "24 Feb 2022": "2022-02-24T00:00:00",
    "Thursday, 24-Feb-22 05:07:09 UTC": "2022-02-24T05:07:09",
    "Thu Feb 24 05:07:09 2022": "2022-02-24T05:07:09",
    "Thu Feb 24 05:07:09 EET 2022": "2022-02-24T03:07:09",
    "Thu, 24 Feb 2022 05:07:09 GMT+3": "2022-02-24T02:07:09",
    "Thu, 24 Feb 2022 05:07:09 -05:00 (EST)": "2022-02-24T10:07:09",
    "Thu, 24 Feb 2022 24:00:00 +0000": "2022-02-25T00:00:00",
    "Thu, 30 Jun 2022 23:59:60 GMT": "2022-06-30T23:59:59",
    # names of zones
    "24 Feb 2022 05:07:09 EET": "2022-02-24T03:07:09",
    "24 Jul 2022 05:07:09 EEST": "2022-07-24T02:07:09",
    "24 Feb 2022 05:07:09 MSK": "2022-02-24T02:07:09",
    "24 Feb 2022 05:07:09 TRT": "2022-02-24T02:07:09",
    "24 Feb 2022 05:07:09 IRST": "2022-02-24T01:37:09",
    "24 Jul 2022 05:07:09 IDT": "2022-07-24T02:07:09",
    "24 Jul 2022 05:07:09 BST": "2022-07-24T04:07:09",
    "24 Feb 2022 05:07:09 IST": "2022-02-23T23:37:09",
    "24 Jul 2022 05:07:09 EDT": "2022-07-24T09:07:09",
    # ISO 8601
    "2022-02-24T05:07:09Z": "2022-02-24T05:07:09",
    "2022-02-24T05:07:09.250+02:00": "2022-02-24T03:07:09",
    "2022-02-24T05:07+0200": "2022-02-24T03:07:00",
    "2022-02-24 05:07:09": "2022-02-24T05:07:09",
    "2022-02-24": "2022-02-24T00:00:00",
    "20220224T050709Z": "2022-02-24T05:07:09",
    "2022-02-24T05:07:09 EET": "2022-02-24T03:07:09",
    # epochs
    "1645679229": "2022-02-24T05:07:09",
    "1645679229000": "2022-02-24T05:07:09",
    "1645679229.5": "2022-02-24T05:07:09",
    # numbers only
    "24.02.2022 05:07": "2022-02-24T05:07:00",
    "24/02/2022 05:07": "2022-02-24T05:07:00",
    "03/02/2022 05:07": "2022-02-03T05:07:00",
    "03/02/2022 5:07 PM": "2022-03-02T17:07:00",  # with halves of the day it is America's order
    "02/24/2022 05:07": "2022-02-24T05:07:00",
    "2022/02/24 05:07": "2022-02-24T05:07:00",
    # halves of the day
    "Sept 24, 2022 5:07 PM": "2022-09-24T17:07:00",
    "Sept 24, 2022 12:07 a.m.": "2022-09-24T00:07:00",
    "Sept 24, 2022 12:07 pm": "2022-09-24T12:07:00",
    # other languages
    "24 лютого 2022 05:07": "2022-02-24T05:07:00",
    "24 февраля 2022, 05:07": "2022-02-24T05:07:00",
    "Чт, 24 Фев 2022 05:07:09 +0300": "2022-02-24T02:07:09",
    "24 فبراير 2022 05:07": "2022-02-24T05:07:00",
    "24 شباط 2022 05:07": "2022-02-24T05:07:00",
    "24 كانون الثاني 2022 05:07 م": "2022-01-24T17:07:00",
    "٢٤ فبراير ٢٠٢٢ ٠٥:٠٧": "2022-02-24T05:07:00",
    "24 בפברואר 2022 05:07": "2022-02-24T05:07:00",
    "24 فوریه 2022 05:07": "2022-02-24T05:07:00",
    "24 février 2022 05:07": "2022-02-24T05:07:00",
    "mar. 22 févr. 2022 05:07": "2022-02-22T05:07:00",  # a Tuesday, not a March
    "24. März 2022 05:07": "2022-03-24T05:07:00",
    "24 de febrero de 2022 05:07": "2022-02-24T05:07:00",
    "24 Şubat 2022 05:07": "2022-02-24T05:07:00",
    # no dates
    "31 Feb 2025 10:00:00 GMT": None,
    "0000-00-00 00:00:00": None,
    "1970-01-01T00:00:00Z": None,
    "24 Feb 2022 25:61": None,
    "yesterday": None,
    "2022": None,
    "0": None,
    "9" * 60: None,
    "24 Feb 2022 " * 50: None,
}


@pytest.mark.parametrize("text", CASES)
def test_dates(text: str) -> None:
    expected = CASES[text]
    parsed = parse_date(text, NOW)
    assert (parsed.at and parsed.at.replace(tzinfo=None, microsecond=0).isoformat()) == expected
    assert parsed.warning is None or expected is None


def test_nothing_is_no_date_and_no_warning() -> None:
    assert parse_date("  ", NOW).at is None
    assert parse_date("", NOW).warning is None


def test_the_future_is_brought_back_to_the_present() -> None:
    far = parse_date("Sun, 01 Mar 2099 10:00:00 GMT", NOW)
    assert far.at == NOW and "future" in (far.warning or "")
    near = parse_date("2026-03-01T12:05:00Z", NOW)
    assert near.at == NOW and near.warning is None


def test_an_unknown_zone_is_said() -> None:
    parsed = parse_date("24 Feb 2022 05:07 XYZT", NOW)
    assert parsed.at == datetime(2022, 2, 24, 5, 7, tzinfo=UTC)
    assert "'xyzt'" in (parsed.warning or "")


def test_each_language_names_twelve_months() -> None:
    assert set(words().months.values()) == set(range(1, 13))
    assert all(-12 * 60 <= minutes <= 14 * 60 for minutes in words().zones.values())


@given(st.text(max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    parsed = parse_date(text, NOW)
    assert parsed.at is None or (parsed.at <= NOW and parsed.at.tzinfo is UTC)


@given(st.integers(0, 30 * 365 * 86_400), st.integers(-14 * 4, 14 * 4))
def test_what_was_written_is_what_is_read(seconds: int, quarters: int) -> None:
    at = datetime(1995, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = at + timedelta(minutes=15 * quarters)
    sign, minutes = ("-", -15 * quarters) if quarters < 0 else ("+", 15 * quarters)
    zone = f"{minutes // 60:02}{minutes % 60:02}"
    assert parse_date(f"{local:%a, %d %b %Y %H:%M:%S} {sign}{zone}", NOW).at == at
    assert parse_date(f"{local:%Y-%m-%dT%H:%M:%S}{sign}{zone[:2]}:{zone[2:]}", NOW).at == at
