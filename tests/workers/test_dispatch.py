"""Handing out: which feeds go together."""

import pytest

from workers.dispatch import FEEDS_A_MESSAGE, _batches


def feeds(**hosts: int) -> list[tuple[int, str]]:
    """Feeds with their addresses, so many of each host."""
    addresses = [f"https://{host}.example/{n}" for host, count in hosts.items() for n in range(count)]
    return list(enumerate(addresses))


@pytest.mark.parametrize(
    ("given", "size", "batches"),
    [
        (feeds(), 1, []),
        (feeds(a=1, b=1, c=1), 1, [[0], [1], [2]]),  # enough threads: none waits for another
        (feeds(a=1, b=1, c=1), 2, [[0, 1], [2]]),
        (feeds(a=3, b=2), 1, [[0, 1, 2], [3, 4]]),  # a host is asked by one thread
        (feeds(a=3, b=2), 10, [[0, 3, 1, 4, 2]]),  # and while it rests, the others have their turn
    ],
)
def test_feeds_of_a_host_stay_together(given: list[tuple[int, str]], size: int, batches: list[list[int]]) -> None:
    assert list(_batches(given, size)) == batches


def test_a_host_with_very_many_feeds_has_several_batches() -> None:
    found = list(_batches(feeds(a=50, b=1), 10))
    assert sorted(ident for batch in found for ident in batch) == list(range(51))
    assert max(map(len, found)) <= FEEDS_A_MESSAGE
