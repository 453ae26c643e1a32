"""What the tests of the pipeline share: the taggers, opened once, and a little world for each test."""

from collections.abc import Iterator

import pytest

from aggregator.settings import Settings
from aggregator.tagging import Taggers, open_taggers
from tests.newsworld import World


@pytest.fixture(scope="session")
def taggers() -> Taggers:
    return open_taggers(Settings())


@pytest.fixture
def world(taggers: Taggers) -> Iterator[World]:
    made = World(lambda: taggers)
    yield made
    made.close()
