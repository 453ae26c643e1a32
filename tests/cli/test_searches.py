"""`frontwire search save`, `list`, `show`, `rename`, `delete` and `restore`, and a query that names none of them."""

import json

from tests.cli.conftest import Run


def test_a_search_is_kept_shown_renamed_and_removed(run: Run) -> None:
    saved = run("search", "save", "Harbours", "in:Odesa", "(port", "OR", "harbour)", "--folder", "Ukraine")
    assert saved.status == 0 and saved.out == "Harbours (number 1) is saved: http://127.0.0.1:8000/search/1\n"
    again = run("search", "save", "HARBOURS", "port")
    assert again.status == 2 and "“HARBOURS” already" in again.err
    changed = run("search", "save", "harbours", "port", "in:Odesa", "--replace")
    assert changed.out.startswith("Harbours (number 1) is changed")

    (line,) = map(json.loads, run("search", "list", "--json").out.splitlines())
    assert (line["id"], line["name"], line["query"], line["folder"], line["articles_last_day"]) == (
        1,
        "Harbours",
        "port in:Odesa",
        "Ukraine",
        0,
    )
    assert line["feeds"]["atom"] == "http://127.0.0.1:8000/search/1.atom" and line["removed"] is None
    listed = run("search", "list").out
    assert "Harbours" in listed and "port in:Odesa" in listed and "Ukraine" in listed

    shown = run("search", "show", "harbours").out
    assert "query: port place:Odesa" in shown and "0 articles, 0 in the last day" in shown and "geojson: http" in shown
    assert json.loads(run("search", "show", "1", "--json").out)["understood"] == "port place:Odesa"

    assert run("search", "rename", "harbours", "Ports").out.startswith("Ports (number 1) is renamed")
    assert run("search", "show", "Harbours").status == 1
    removed = run("search", "delete", "ports")
    assert "`frontwire search restore 1` takes that back" in removed.out
    assert "No search is saved yet." in run("search", "list").out and "Ports" in run("search", "list", "--removed").out
    assert run("search", "show", "1").status == 1
    assert run("search", "restore", "1").out.startswith("Ports (number 1) is back")
    assert "Ports" in run("search", "list").out and "No search was removed." in run("search", "list", "--removed").out


def test_what_names_no_command_is_searched(run: Run) -> None:
    for words in (("kharkiv",), ("find", "kharkiv"), ("--limit", "3", "kharkiv"), ("saved", "kharkiv")):
        found = run("search", *words)
        assert found.status == 0 and "No article matches" in found.out, words
    assert run("search").status == 0
    assert "Keep QUERY under NAME" in run("search", "save", "--help").out and "restore" in run("search", "--help").out


def test_a_query_that_is_not_understood_is_kept_and_says_so(run: Run) -> None:
    saved = run("search", "save", "odd", "colour:red")
    assert saved.status == 0 and "“colour:” is no field" in saved.err


def test_a_saved_search_stands_in_a_query(run: Run) -> None:
    run("search", "save", "ports", "port OR harbour")
    assert "note" not in run("search", "find", "search:Ports").err
    assert "No saved search is called “docks”" in run("search", "find", "search:docks").err
    run("search", "save", "both", "search:ports search:docks")
    assert "No saved search is called “docks”" in run("search", "show", "both").out
