"""Paragraphs of an invented report, and a page's blocks: for tests of what is found on a page."""

from aggregator.extract import blocks
from aggregator.extract.blocks import Line
from aggregator.extract.page import parse
from aggregator.model import RawPage

LEAD = "Two people were hurt when a drone fell on a bus depot in the north of the city, the mayor said on Sunday evening."
GRID = "Power was cut to nine streets and came back before midnight, according to the operator of the regional grid."
ARMY = "The army said that it had shot down eleven of fourteen drones; that figure could not be checked independently."
AFTER = "Repairs to the depot will take until the end of the month, and buses of the northern lines run from the harbour."


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def found(html: str) -> list[blocks.Block]:
    tree = parse(RawPage("https://dispatch.example/x", f"<html><body>{html}</body></html>".encode()))
    assert tree is not None
    return blocks.blocks(tree)


def lines(*texts: str) -> list[Line]:
    return [("p", text) for text in texts]
