"""The text of an article as the page shows it: each line as the element of its kind."""

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from aggregator.settings import PROJECT
from web.present import Line

TEMPLATES = Environment(loader=FileSystemLoader(PROJECT / "web" / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def shown(*lines: tuple[str, str]) -> str:
    module = TEMPLATES.get_template("_text.html").module
    return "".join(str(module.body([Line(kind, Markup(text)) for kind, text in lines])).split("\n")).strip()  # type: ignore[attr-defined]


def test_runs_of_items_and_quotes_are_one_list_and_one_quotation() -> None:
    lines = [("p", "A"), ("h", "B"), ("li", "C"), ("li", "D"), ("q", "E"), ("q", "F"), ("li", "G"), ("time", "9:05"), ("row", "H | I")]
    wanted = "<p>A</p><h2>B</h2><ul><li>C</li><li>D</li></ul><blockquote><p>E</p><p>F</p></blockquote><ul><li>G</li></ul>"
    assert shown(*lines).replace("  ", "") == wanted + "<h3>9:05</h3><p>H | I</p>"


def test_a_text_without_lines_and_of_one_line() -> None:
    assert shown() == ""
    assert shown(("li", "A")) == "<ul><li>A</li></ul>"
