"""Invented articles in one pattern, so that a little of them teaches something: "X hinted that …", which the rules do not know."""

import itertools
from pathlib import Path

import yaml

WHO = ("The mayor", "Anna Holub", "A spokesman for the port", "The ministry", "Petro Yatsenko")
WHAT = ("the bridge would open again", "two boats were lost at sea", "the talks had come to nothing", "power was back in the east")
VERBS = ("hinted", "griped")


def articles(count: int = 20) -> list[dict[str, object]]:
    """Articles with one label of a known cue and one of a cue that only the labels teach."""
    made: list[dict[str, object]] = []
    for number, (who, what, verb) in enumerate(itertools.islice(itertools.cycle(itertools.product(WHO, WHAT, VERBS)), count)):
        other = WHAT[(number + 1) % len(WHAT)]
        made.append(
            {
                "id": f"t-{number}",
                "body": f"It rained on day {number}. {who} {verb} on Monday that {what}. Nobody had {verb}.\n{who} said that {other}.",
                "gold": [{"who": who, "says": what, "cue": verb}, {"who": who, "says": other}],
            }
        )
    return made


def write(path: Path, rows: object) -> Path:
    path.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
