"""`frontwire rebuild`: derived data made anew from the articles."""

import sys
from collections.abc import Callable, Iterable, Sequence

import click

from aggregator.app import build
from aggregator.errors import UsageError
from aggregator.rebuild import PARTS, Rebuild
from aggregator.settings import load


@click.command()
@click.argument("parts", nargs=-1, required=True, type=click.Choice([*PARTS, "all"]))
def rebuild(parts: Sequence[str]) -> None:
    """Rebuild PARTS (index, copies, stories, tags or all) from the articles; the service may run meanwhile."""
    wanted = PARTS if "all" in parts else tuple(part for part in PARTS if part in parts)
    work = Rebuild(build(load()).pipeline)
    with work.alone() as free:
        if not free:
            raise UsageError("Another rebuild or a follower is at work; try again in a moment.")
        for part in wanted:
            done = getattr(work, part)(_bar(part))
            click.echo(f"{part}: {done} articles")


def _bar(part: str) -> Callable[[Sequence[int]], Iterable[int]]:
    def over(ids: Sequence[int]) -> Iterable[int]:
        with click.progressbar(ids, label=f"{part:<8}", show_pos=True, file=sys.stderr) as bar:
            yield from bar

    return over
