"""The rules for feeds: a sound feed has nothing that they mind, and each of them finds the fault that it is for."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.outputs import atom, json_feed, rss
from tests.outputs.faults import FAULTS
from tests.outputs.items import AT, BARE, CHANNEL, PLAIN
from tests.outputs.validity import RULES, Document, findings

RENDER = {"rss": rss, "atom": atom, "json": json_feed}
SELF = "https://news.example/feed.{}?q=drone&n=50"


def sound(form: str) -> Document:
    """A feed with all that we write: links to its neighbours, a hub, persons, categories, a place, an enclosure, a source."""
    channel = replace(CHANNEL, self_url=SELF.format(form), next_url=SELF.format(form) + "&after=1")
    made = RENDER[form]
    return Document(
        form, made.render(channel, (PLAIN, BARE)), channel.self_url, f"{made.MEDIA_TYPE}; charset=utf-8", AT + timedelta(days=1)
    )


def faulty(form: str, there: str, instead: str, rule: str) -> Document:
    good = sound(form)
    if there == "header":
        return replace(good, content_type=instead)
    text = good.data.decode()
    if rule in ("MissingContentOrAlternate", "MissingTextualContent"):
        text = re.sub(r"<content.*?</content>|<link rel=\"alternate\"[^>]*/>", "", text)
    if rule == "MissingAuthor":
        text = re.sub(r"<author>.*?</author>", "", text)
        there = instead = ""
    assert there in text, f"nothing of this kind is in the sound feed: {there}"
    return replace(good, data=text.replace(there, instead, 1).encode("utf-8", "surrogateescape"))


@pytest.mark.parametrize("form", RENDER)
def test_a_sound_feed(form: str) -> None:
    assert findings(sound(form)) == []


@pytest.mark.parametrize(("form", "rule", "there", "instead"), FAULTS, ids=[f"{form}-{rule}" for form, rule, _, _ in FAULTS])
def test_each_rule_finds_its_fault(form: str, rule: str, there: str, instead: str) -> None:
    found = findings(faulty(form, there, instead, rule))
    assert rule in {each.rule for each in found}, found


def test_every_rule_has_a_fault() -> None:
    assert {rule.name for rule in RULES} == {rule for _, rule, _, _ in FAULTS}
    assert all(rule.source for rule in RULES)
