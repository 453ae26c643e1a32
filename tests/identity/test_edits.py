"""What an edit means: numbers, withdrawn claims, and whether the page says so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.identity.edits import FLAGS, Version, is_notice, judge
from aggregator.identity.numbers import figures_in
from aggregator.model import Attribution, Cue, Removed, Revision, Span, Speaker

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
TITLE = "Depot burns at Izium"
FIRE = "A depot burned at Izium on Tuesday."
KILLED = "The governor said that nine people were killed in the fire."
DRONES = "The navy said two drones had come from the sea."
END = "Firefighters stayed until dawn."
OLD = "\n".join((FIRE, KILLED, DRONES, END))


Said = tuple[str, str, dict[str, object]]  # speaker, words, fields of the attribution


def version(body: str, said: tuple[Said, ...] = (), number: int = 1, **more: object) -> Version:
    """A version whose attributions are (speaker, words, fields)."""
    removed = tuple(Removed(line, "tip") for line in more.pop("removed", ()))  # type: ignore[attr-defined]  # a table's values
    revision = Revision(1, number, str(more.pop("title", TITLE)), body, "", NOON + timedelta(hours=number))
    attributions = [attribution(body, *one) for one in said if one[1] in body]
    return Version(replace(revision, **more), removed, attributions)  # type: ignore[arg-type]  # as above


def attribution(body: str, name: str, words: str, fields: dict[str, object]) -> Attribution:
    start = body.index(words)
    cue = Cue(0, 1, "said", "say", str(fields.get("strength", "claim")))
    return Attribution(
        Speaker(0, 1, name, name),
        cue,
        (Span(start, start + len(words)),),
        hedged=bool(fields.get("hedged")),
        negated=bool(fields.get("negated")),
    )


GOVERNOR: Said = ("the governor", "nine people were killed in the fire", {})
NAVY: Said = ("the navy", "two drones had come from the sea", {})
SAID = (GOVERNOR, NAVY)
DENIED = "The navy denied that two drones had come from the sea."
HEDGED = "The navy said two drones may have come from the sea."
# name -> body, said in it, what else is new, flags, (how, speaker) of what is withdrawn
CASES: dict[str, tuple[str, tuple[Said, ...], dict[str, object], set[str], list[tuple[str, str]]]] = {
    "a number in words": (
        OLD.replace("nine", "eleven"),
        (("the governor", "eleven people were killed in the fire", {}), NAVY),
        {},
        {"number_changed", "silent"},
        [],
    ),
    "a sentence more": (OLD + "\nA second depot is empty.", SAID, {}, {"silent"}, []),
    "a sentence more, and a word about it": (OLD + "\nUpdated at 14:05: a second depot is empty.", SAID, {}, set(), []),
    "a sentence more, and a line about it that is left out": (
        OLD + "\nMore.",
        SAID,
        {"removed": ("This story has been updated.",)},
        set(),
        [],
    ),
    "a sentence more, and a later hour": (OLD + "\nMore.", SAID, {"modified_at": NOON + timedelta(hours=2)}, set(), []),
    "a sentence more, and an hour from before": (OLD + "\nMore.", SAID, {"modified_at": NOON}, {"silent"}, []),
    "retitled": (OLD, SAID, {"title": "Fire at Izium"}, {"retitled", "silent"}, []),
    "corrected": (
        OLD.replace("nine", "seven") + "\nCorrection: an earlier version of this article said nine.",
        (("the governor", "seven people were killed in the fire", {}), NAVY),
        {},
        {"number_changed", "corrected"},
        [],
    ),
    "a claim that is gone": ("\n".join((FIRE, KILLED, END)), SAID, {}, {"claim_withdrawn", "silent"}, [("gone", "the navy")]),
    "a claim that is denied": (
        OLD.replace(DRONES, DENIED),
        (GOVERNOR, (*NAVY[:2], {"strength": "deny"})),
        {},
        {"claim_withdrawn", "silent"},
        [("denied", "the navy")],
    ),
    "a claim that is hedged": (
        OLD.replace(DRONES, HEDGED),
        (GOVERNOR, ("the navy", "two drones may have come from the sea", {"hedged": True})),
        {},
        {"claim_withdrawn", "silent"},
        [("hedged", "the navy")],
    ),
    "a claim that moved": ("\n".join((FIRE, DRONES, KILLED, END)), SAID, {}, {"silent"}, []),
    "a claim in other words": (
        OLD.replace(DRONES, "Out of the sea had come two drones, the navy said."),
        (GOVERNOR, ("the navy", "Out of the sea had come two drones", {})),
        {},
        {"silent"},
        [],
    ),
    "spacing": (OLD.replace("\n", "\n\n").replace("'", "’"), SAID, {}, set(), []),
}


@pytest.mark.parametrize("name", CASES)
def test_flags(name: str) -> None:
    body, said, more, flags, withdrawn = CASES[name]
    judged = judge(version(OLD, SAID), version(body, said, 2, **more))
    assert set(judged.flags) == flags and list(judged.flags) == [flag for flag in FLAGS if flag in flags]
    assert [(one.how, one.speaker) for one in judged.withdrawn] == withdrawn
    assert bool(judged.notice) == ("Correction" in body or "Updated" in body or "removed" in more)


def test_a_notice_that_stood_there_before_says_nothing_of_this_edit() -> None:
    noted = OLD + "\nCorrection: the depot stands at Izium."
    assert judge(version(noted, SAID), version(noted + "\nMore.", SAID, 2)).flags == ("silent",)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Correction: an earlier version misstated the day.", "corrected"),
        ("This report was corrected on Tuesday.", "corrected"),
        ("Уточнение: ранее сообщалось о девяти.", "corrected"),
        ("Виправлено: склад стоїть в Ізюмі.", "corrected"),
        ("Bu haberin önceki sürümünde sayı yanlıştı.", "corrected"),
        ("تصحيح: ذكرنا أن العدد تسعة.", "corrected"),
        ("UPDATE: adds what the navy says", "updated"),
        ("Оновлено о 15:30", "updated"),
        ("Aktualisiert am 3. März", "updated"),
        ("Editor’s note: names were left out.", "updated"),
        ("Corrections officers were hurt.", ""),
        ("He said the figures were updated daily.", ""),
        ("Update on the front line was given by the general staff.", ""),
    ],
)
def test_notices(line: str, kind: str) -> None:
    assert [name for name in ("corrected", "updated") if is_notice(line, name)] == ([kind] if kind else [])


def test_numbers_in_words() -> None:
    assert figures_in("Nine schools, 4 shops and дев’ять шкіл, once more") == ["4", "9", "9"]
