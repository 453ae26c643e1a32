"""The stage runner: order, error lines, wrong input, processes."""

import json
import subprocess
import sys

import pytest


def run(*arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aggregator.cli", "try", *arguments], input=stdin, capture_output=True, text=True, timeout=60
    )


def lines(*objects: object) -> str:
    return "".join(json.dumps(o) + "\n" for o in objects)


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_answers_come_in_the_order_of_the_requests(jobs: str) -> None:
    asked = [{"id": str(n), "url": f"https://example.org/{n}?utm_source=x"} for n in range(200)]
    done = run("url", "--jobs", jobs, stdin=lines(*asked))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert [answer["id"] for answer in answers] == [request["id"] for request in asked]
    assert answers[7]["url"] == "https://example.org/7"


def test_a_line_that_cannot_be_processed_yields_an_error_line() -> None:
    done = run("url", stdin=lines({"id": "a", "url": "mailto:x@example.org"}, {"id": "b"}, {"id": "c", "url": "https://example.org/c"}))
    a, b, c = (json.loads(line) for line in done.stdout.splitlines())
    assert done.returncode == 0
    assert a["error"]["kind"] == "usage" and "mailto" in a["error"]["message"]
    assert b["error"]["kind"] == "input" and "url" in b["error"]["message"]
    assert c["key"]


@pytest.mark.parametrize("bad", ["no json", "[1]", '{"url": "https://example.org"}'])
def test_a_line_that_is_no_request_ends_the_command(bad: str) -> None:
    done = run("url", stdin=lines({"id": "1", "url": "https://example.org/"}) + bad + "\n")
    assert done.returncode == 2
    assert "Line 2" in done.stderr


def test_a_stage_that_does_not_exist_is_wrong_usage() -> None:
    done = run("translate", stdin="")
    assert done.returncode == 2
    assert "url" in done.stderr
