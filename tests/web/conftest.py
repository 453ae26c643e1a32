"""One filled data folder for all tests of the web tree; those that change something get a copy."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from aggregator.app import App
from tests.web import newsroom
from tests.web.browsing import Browsing
from web.factory import create_app


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder: read, never written."""
    path = tmp_path_factory.mktemp("newsroom")
    newsroom.fill(path)
    return path


@pytest.fixture(scope="session")
def app(folder: Path) -> Iterator[App]:
    """The product over the data folder."""
    opened = newsroom.open_app(folder)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def flask(app: App) -> Flask:
    """The web application over it."""
    return create_app(app)


@pytest.fixture
def reader(flask: Flask) -> Browsing:
    """Somebody who reads, with no session yet."""
    return Browsing(flask)


@pytest.fixture(scope="session")
def operator_cookie(flask: Flask) -> str:
    """The session of somebody who has logged in: hashing passwords is slow on purpose."""
    visitor = Browsing(flask)
    visitor.login(newsroom.NAME, newsroom.PASSWORD)
    return visitor.session_cookie


@pytest.fixture
def operator(flask: Flask, operator_cookie: str) -> Browsing:
    """An operator, who must change nothing."""
    return Browsing(flask, operator_cookie)


@pytest.fixture
def desk(folder: Path, tmp_path: Path, operator_cookie: str) -> Iterator[Browsing]:
    """An operator at a product of their own, to change as they like."""
    copy = shutil.copytree(folder, tmp_path / "copy")
    opened = newsroom.open_app(copy)
    yield Browsing(create_app(opened), operator_cookie, opened)
    opened.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Browsing]:
    """Somebody at a product that has read nothing yet."""
    opened = newsroom.open_app(tmp_path / "empty")
    yield Browsing(create_app(opened), app=opened)
    opened.close()
