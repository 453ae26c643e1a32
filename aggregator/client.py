"""A thin client of the HTTP API: pages are followed, waits are kept to, problems become exceptions with their sentence.

::

    from aggregator.client import Client

    news = Client("https://news.example", token="fw_…")
    for article in news.search("kharkiv last:3d"):
        print(article["published"], article["title"])

It needs urllib3 and nothing else of this project, so that the file can be copied on its own. What the fields are: docs/api.md, or /api.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import urllib3

Fields = dict[str, Any]
BUSY = (429, 503)  # answers after which waiting helps
CHUNK = 64 << 10
PAGE = 200  # items that are asked for at once


class ClientError(Exception):
    """Something did not come to a good end; ``str()`` is a sentence."""


class Unreachable(ClientError):
    """No connection, no answer in time, or an answer that broke off."""


class Problem(ClientError):
    """The service said no. ``detail`` is its sentence, ``retry_after_s`` how long to wait where it says so."""

    def __init__(self, status: int, title: str, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__(f"{detail} ({status} {title})")
        self.status, self.title, self.detail, self.retry_after_s = status, title, detail, retry_after_s


class Client:
    """One instance of Frontwire. Safe to share between threads.

    ``token``: an access token, for more requests a minute, whole texts, saved searches, or feeds. ``tries``: of a request, where the
    service is busy or does not answer; ``patience_s``: the longest wait between two. Every method raises Problem and Unreachable."""

    def __init__(
        self,
        base: str,
        token: str | None = None,
        *,
        timeout_s: float = 30.0,
        tries: int = 4,
        patience_s: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = f"{base.rstrip('/')}/api/v1"
        self._tries, self._patience_s, self._sleep = tries, patience_s, sleep
        self._headers = {"Accept-Encoding": "gzip", "User-Agent": "frontwire-client/1"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = urllib3.PoolManager(timeout=urllib3.Timeout(timeout_s), retries=False)
        self.feeds = Feeds(self)
        self.searches = Searches(self)
        self.alerts = Alerts(self)

    # --- lists: all pages, one item after the other ---

    def search(self, q: str = "", **filters: str | int) -> Iterator[Fields]:
        """Articles that match, newest first; ``filters``: place, outlet, by, lang, after, before, order, fields."""
        return self.items("/search", "articles", q=q, **filters)

    def stories(self, q: str = "", **filters: str | int) -> Iterator[Fields]:
        """Stories with a matching article; filters as for ``search``."""
        return self.items("/stories", "stories", q=q, **filters)

    def attributions(self, q: str = "", **filters: str | int) -> Iterator[Fields]:
        """Who says what; filters as for ``search``, and source, side, kind, channel, form, strength."""
        return self.items("/attributions", "attributions", q=q, **filters)

    def claims(self, q: str = "", **filters: str | int) -> Iterator[Fields]:
        """Claims of the stories that match; filters as for ``search``, and source, side, day, origins."""
        return self.items("/claims", "claims", q=q, **filters)

    def places(self, name: str, limit: int = 10) -> list[Fields]:
        """Places that a name may mean, the likeliest first."""
        found: list[Fields] = self.get("/places", name=name, limit=limit)["places"]
        return found

    def sources(self, **filters: str) -> Iterator[Fields]:
        """The registry of cited sources; filters: name, kind, side, country."""
        return self.items("/sources", "sources", **filters)

    def outlets(self, **filters: str) -> Iterator[Fields]:
        """The outlets; filters: name, kind, country."""
        return self.items("/outlets", "outlets", **filters)

    # --- single things ---

    def status(self) -> Fields:
        """The service in figures."""
        return self.get("/status")

    def article(self, article_id: int) -> Fields:
        """An article with its places and attributions."""
        return self.get(f"/articles/{article_id}")

    def story(self, story_id: int) -> Fields:
        """A story with its articles and claims."""
        return self.get(f"/stories/{story_id}")

    def place(self, place_id: str) -> Fields:
        """A place with its names and neighbours."""
        return self.get(f"/places/{quote(place_id, safe='')}")

    def source(self, source_id: str) -> Fields:
        """A cited source."""
        return self.get(f"/sources/{quote(source_id, safe='')}")

    def outlet(self, outlet_id: str) -> Fields:
        """An outlet."""
        return self.get(f"/outlets/{quote(outlet_id, safe='')}")

    # --- exports ---

    def export(self, what: str, ending: str, /, q: str = "", **filters: str | int) -> Iterator[bytes]:
        """All that a query finds, in pieces as it comes: ``what`` is articles, stories, attributions or claims, ``ending`` csv, jsonl or
        geojson. Memory stays as it is."""
        response = self._ask("GET", f"/exports/{what}.{ending}", {"q": q, **filters})
        try:
            yield from response.stream(CHUNK, decode_content=True)
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"The export broke off: {error}.") from error
        finally:
            response.release_conn()

    def rows(self, what: str, /, q: str = "", **filters: str | int) -> Iterator[Fields]:
        """The same as objects, one after the other."""
        rest = b""
        for piece in self.export(what, "jsonl", q, **filters):
            *lines, rest = (rest + piece).split(b"\n")
            yield from map(json.loads, lines)

    def save(self, path: str | Path, what: str, /, q: str = "", **filters: str | int) -> int:
        """The same into a file, whose name ends in .csv, .jsonl or .geojson; return its length in bytes. A file that was there is
        replaced when the last byte has come, and not before."""
        target = Path(path)
        draft = target.with_name(target.name + ".part")
        try:
            with draft.open("wb") as file:
                size = sum(file.write(piece) for piece in self.export(what, target.suffix[1:], q, **filters))
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return size

    # --- how ---

    def items(self, path: str, name: str, /, **query: str | int) -> Iterator[Fields]:
        """The items of a list, over all of its pages."""
        cursor: str | None = None
        while True:
            page = self.get(path, **{"limit": PAGE, **query, **({"cursor": cursor} if cursor else {})})
            yield from page[name]
            cursor = page["next"]
            if cursor is None:
                return

    def get(self, path: str, /, **query: str | int) -> Fields:
        """The answer at a path below /api/v1."""
        return self._read(self._ask("GET", path, query))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Fields:
        """The answer to what is sent to a path below /api/v1."""
        return self._read(self._ask("POST", path, {}, body))

    def patch(self, path: str, body: Mapping[str, Any]) -> Fields:
        """The answer to a change at a path below /api/v1."""
        return self._read(self._ask("PATCH", path, {}, body))

    def delete(self, path: str) -> Fields:
        """The answer to removing what stands at a path below /api/v1."""
        return self._read(self._ask("DELETE", path, {}))

    def _ask(
        self, method: str, path: str, query: Mapping[str, str | int], body: Mapping[str, Any] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """A good answer, whose content has not been read. What is busy, or did not answer to a question, is asked again."""
        asked = urlencode({name: value for name, value in query.items() if value != ""})
        url = self._root + path + (f"?{asked}" if asked else "")
        more: dict[str, Any] = {} if body is None else {"json": dict(body)}
        for left in range(self._tries - 1, -1, -1):
            pause = 2.0 ** (self._tries - 1 - left)
            try:
                response = self._pool.request(method, url, headers=dict(self._headers), preload_content=False, redirect=False, **more)
            except urllib3.exceptions.HTTPError as error:
                if method != "GET" or not left:  # nobody knows whether it was done
                    raise Unreachable(f"{url} does not answer: {error}.") from error
            else:
                if response.status < 300:
                    return response
                problem = _problem(response)
                pause = problem.retry_after_s or pause
                if response.status not in BUSY or not left or pause > self._patience_s:
                    raise problem
            self._sleep(pause)
        raise AssertionError("the last try returns or raises")

    @staticmethod
    def _read(response: urllib3.BaseHTTPResponse) -> Fields:
        try:
            found: Fields = json.loads(response.data)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise Unreachable(f"The answer broke off or is not JSON: {error}.") from error
        return found


class Feeds:
    """The feeds of an instance; asks for a token with the scope operate."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __iter__(self) -> Iterator[Fields]:
        return self.list()

    def list(self, **filters: str) -> Iterator[Fields]:
        """The feeds; filters: state, outlet, theatre."""
        return self._client.items("/feeds", "feeds", **filters)

    def get(self, feed_id: int) -> Fields:
        """One feed."""
        return self._client.get(f"/feeds/{feed_id}")

    def add(self, url: str, **fields: str) -> Fields:
        """Subscribe; fields: title, outlet, theatre, language. One that is there already is returned as it is."""
        return self._client.post("/feeds", {"url": url, **fields})

    def pause(self, feed_id: int) -> Fields:
        """Poll it no more."""
        return self._client.post(f"/feeds/{feed_id}/pause")

    def resume(self, feed_id: int) -> Fields:
        """Poll it again, at once."""
        return self._client.post(f"/feeds/{feed_id}/resume")

    def poll(self, feed_id: int) -> Fields:
        """Poll it at the next tick."""
        return self._client.post(f"/feeds/{feed_id}/poll")


class Searches:
    """The saved searches of an instance; to change them asks for a token with the scope searches."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __iter__(self) -> Iterator[Fields]:
        return self.list()

    def list(self, **filters: str) -> Iterator[Fields]:
        """The saved searches; filters: name, folder, by."""
        return self._client.items("/searches", "searches", **filters)

    def get(self, search_id: int) -> Fields:
        """One saved search."""
        return self._client.get(f"/searches/{search_id}")

    def add(self, name: str, query: str, folder: str = "") -> Fields:
        """Save a query under a name."""
        return self._client.post("/searches", {"name": name, "query": query, "folder": folder})

    def change(self, search_id: int, **fields: str) -> Fields:
        """Give it another name, query or folder; what is not named stays."""
        return self._client.patch(f"/searches/{search_id}", fields)

    def remove(self, search_id: int) -> Fields:
        """Remove it."""
        return self._client.delete(f"/searches/{search_id}")

    def restore(self, search_id: int) -> Fields:
        """Put it back."""
        return self._client.post(f"/searches/{search_id}/restore")


class Alerts:
    """Who is told of what saved searches find; asks for a token with the scope searches."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def of(self, search_id: int) -> list[Fields]:
        """The alerts of a saved search."""
        found: list[Fields] = self._client.get(f"/searches/{search_id}/alerts")["alerts"]
        return found

    def get(self, alert_id: int) -> Fields:
        """One alert."""
        return self._client.get(f"/alerts/{alert_id}")

    def add(self, search_id: int, way: str, target: str, triggers: Sequence[str] = (), digest: str = "") -> Fields:
        """Tell somebody: ``way`` is webhook, mail or ntfy; without triggers of new, updated and confirmed. ``secret`` comes this once."""
        chosen = {"triggers": [*triggers]} if triggers else {}
        return self._client.post(f"/searches/{search_id}/alerts", {"way": way, "target": target, "digest": digest, **chosen})

    def stop(self, alert_id: int) -> Fields:
        """Send nothing for now."""
        return self._client.post(f"/alerts/{alert_id}/stop")

    def resume(self, alert_id: int) -> Fields:
        """Go on, with what has come since."""
        return self._client.post(f"/alerts/{alert_id}/resume")

    def test(self, alert_id: int) -> Fields:
        """Send a trial: ``arrived``, and what went wrong in ``detail``."""
        return self._client.post(f"/alerts/{alert_id}/test")

    def remove(self, alert_id: int) -> Fields:
        """Forget it, and what it had still to tell."""
        return self._client.delete(f"/alerts/{alert_id}")


def _problem(response: urllib3.BaseHTTPResponse) -> Problem:
    """What an answer of 300 or more says, whoever wrote it: a proxy before the service may have."""
    body = response.data[:CHUNK]
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    told = told if isinstance(told, dict) else {}
    wait = response.headers.get("Retry-After", "")
    return Problem(
        response.status,
        str(told.get("title") or response.reason or ""),
        str(told.get("detail") or "The service gave no reason."),
        float(wait) if wait.isdecimal() else None,
    )
