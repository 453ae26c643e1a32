"""`frontwire try STAGE`: one stage alone, JSON Lines on standard input and output, in order, one line for each.

A line that cannot be processed yields ``{"id": …, "error": {"kind", "message"}}``; a line that is no JSON object with an id
ends the command with status 2. ``--jobs N`` spreads the lines over N processes and keeps their order.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any

import click
import orjson

from aggregator.errors import FrontwireError

STAGES = ("feed", "page", "tag", "group", "url", "query")
AHEAD = 64  # lines handed to the processes before the first answer is awaited, for each process

Line = dict[str, Any]
Stage = Callable[[Line], Line]


@click.command("try")
@click.argument("stage", type=click.Choice(STAGES))
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to use.")
def try_stage(stage: str, jobs: int) -> None:
    """Run STAGE of the pipeline on JSON Lines; see docs/stages.md for the fields."""
    lines = _read(sys.stdin.buffer)
    if stage == "group":  # needs the whole stream in its order
        _write(import_module("aggregator.cli.stages.group").open_stage()(lines))
    elif jobs == 1:
        run = _open(stage)
        _write(_answer(run, line) for line in lines)
    else:
        with ProcessPoolExecutor(jobs, initializer=_start, initargs=(stage,)) as pool:
            _write(_in_order(pool, lines, AHEAD * jobs))


def _open(stage: str) -> Stage:
    run: Stage = import_module(f"aggregator.cli.stages.{stage}").open_stage()
    return run


def _answer(run: Stage, line: Line) -> Line:
    try:
        return {**run(line), "id": line["id"]}
    except FrontwireError as error:
        return {"id": line["id"], "error": {"kind": error.kind, "message": error.message}}
    except (KeyError, TypeError, ValueError, OSError) as error:  # a field is missing or of another type; a path cannot be read
        return {"id": line["id"], "error": {"kind": "input", "message": f"{type(error).__name__}: {error}"}}


def _read(stream: Iterable[bytes]) -> Iterator[Line]:
    for number, text in enumerate(stream, 1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)  # the stdlib's reader takes lone surrogates, which hostile input may hold
            line["id"]
        except (ValueError, TypeError, KeyError):
            raise click.UsageError(f"Line {number} of the input is not a JSON object with an id.") from None
        yield line


def _write(answers: Iterable[Line]) -> None:
    out = sys.stdout.buffer
    for answer in answers:
        try:
            data = orjson.dumps(answer)
        except orjson.JSONEncodeError:  # a lone surrogate in a string
            data = json.dumps(answer).encode()
        out.write(data + b"\n")
        out.flush()


_running: Stage | None = None  # the stage of this process, opened once by _start


def _start(stage: str) -> None:
    global _running
    _running = _open(stage)


def _work(line: Line) -> Line:
    assert _running is not None
    return _answer(_running, line)


def _in_order(pool: ProcessPoolExecutor, lines: Iterator[Line], ahead: int) -> Iterator[Line]:
    waiting = []
    for line in lines:
        waiting.append(pool.submit(_work, line))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()
