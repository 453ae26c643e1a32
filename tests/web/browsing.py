"""A browser of sorts over Flask's test client: it opens pages, reads their HTML strictly, and sends their forms as they stand."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from flask import Flask
from lxml import html
from lxml.html import HtmlElement
from werkzeug.test import TestResponse

from aggregator.app import App

HOST = "https://news.example"  # session cookies are Secure there


@dataclass(frozen=True, slots=True)
class Page:
    """An answer with HTML, and its tree."""

    response: TestResponse
    path: str

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def tree(self) -> HtmlElement:
        return html.document_fromstring(self.response.get_data(as_text=True))

    @property
    def text(self) -> str:
        """The words of the page with single spaces between."""
        return " ".join(self.tree.body.text_content().split())

    @property
    def title(self) -> str:
        return str(self.tree.findtext(".//title"))

    def find(self, path: str) -> list[HtmlElement]:
        """Elements by XPath."""
        found = self.tree.xpath(path)
        assert isinstance(found, list)
        return [element for element in found if isinstance(element, HtmlElement)]

    def links(self, path: str = "//a") -> list[str]:
        """Addresses of links within the site, in order."""
        return [urljoin(self.path, element.get("href", "")) for element in self.find(path)]


class Browsing:
    """A visitor with cookies."""

    def __init__(self, flask: Flask, session_cookie: str | None = None, app: App | None = None) -> None:
        self.client = flask.test_client()
        self._app = app
        if session_cookie is not None:
            self.client.set_cookie("session", session_cookie, domain="news.example", secure=True)

    @property
    def app(self) -> App:
        """The product, where the visitor has one of their own."""
        assert self._app is not None
        return self._app

    @property
    def session_cookie(self) -> str:
        cookie = self.client.get_cookie("session", domain="news.example")
        assert cookie is not None
        return cookie.value

    def open(self, path: str, method: str = "GET", **more: Any) -> TestResponse:
        """The answer as it comes."""
        return self.client.open(path, method=method, base_url=HOST, buffered=True, **more)

    def get(self, path: str) -> Page:
        """The page at a path, redirects followed."""
        response = self.client.get(path, base_url=HOST, follow_redirects=True)
        where = response.request.path + (f"?{response.request.query_string.decode()}" if response.request.query_string else "")
        return Page(response, where)

    def send(
        self, page: Page, action: str, files: dict[str, bytes] | None = None, follow: bool = True, post: bool = False, **fields: str
    ) -> Page:
        """Send the page's first form that goes to ``action`` (``post``: that posts there), its own fields filled in by ``fields``."""
        form = next(f for f in page.tree.forms if f.action and urljoin(page.path, f.action) == action and (f.method == "POST" or not post))
        data: dict[str, Any] = {}
        for name, value in form.form_values():
            if value is not None:
                data.setdefault(name, []).append(value)
        data |= fields
        data |= {name: (BytesIO(content), f"{name}.opml") for name, content in (files or {}).items()}
        if form.method == "GET":
            return Page(self.client.get(action, query_string=data, base_url=HOST, follow_redirects=follow), action)
        referrer = {"Referer": HOST + page.path}
        response = self.client.post(action, data=data, headers=referrer, base_url=HOST, follow_redirects=follow)
        return Page(response, response.request.path)

    def login(self, name: str, password: str, target: str = "/operate", follow: bool = True) -> Page:
        """Go to a page that asks who one is, and say it."""
        page = self.get(target)
        form = page.tree.forms[-1]
        data = dict(form.form_values()) | {"name": name, "password": password}
        response = self.client.post(page.path, data=data, headers={"Referer": HOST + page.path}, base_url=HOST, follow_redirects=follow)
        return Page(response, response.request.path)
