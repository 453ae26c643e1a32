"""What is wrong with a feed, by the rules of its standards and of the validator that most people ask (W3C)."""

from dataclasses import dataclass

from tests.outputs.validity import json_feed, shape, values, words  # noqa: F401  # their rules go into RULES
from tests.outputs.validity.document import RULES, Document, Level

__all__ = ["RULES", "Document", "Finding", "Level", "findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold, and where."""

    rule: str
    level: Level
    detail: str


def findings(document: Document) -> list[Finding]:
    """What is wrong with the document, in the order of the rules."""
    return [Finding(rule.name, rule.level, str(detail)) for rule in RULES if document.form in rule.forms for detail in rule.check(document)]
