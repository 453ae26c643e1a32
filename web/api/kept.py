"""The shapes of what readers keep: saved searches and their alerts, as they are answered and as they are sent."""

from collections.abc import Sequence
from typing import Annotated, Literal, NotRequired, TypedDict

from aggregator.readers import LONGEST_FOLDER, LONGEST_NAME, LONGEST_QUERY
from web.api.marks import Count, Next
from web.api.schema import Hour, Says

Name = Annotated[str, Says("no other search has it, without regard to case", most=LONGEST_NAME)]
QueryText = Annotated[str, Says("as in the search box", most=LONGEST_QUERY)]
Folder = Annotated[str, Says("where it is listed; empty: in none", most=LONGEST_FOLDER)]
Triggers = Annotated[
    Sequence[Literal["new", "updated", "confirmed"]],
    Says("new: a story that it has told nothing of; updated: a further text or an edit; confirmed: a second, independent origin"),
]
Ways = Literal["webhook", "mail", "ntfy"]
Target = Annotated[str, Says("an address, or a mailbox", most=500)]


class SavedSearch(TypedDict):
    """A query under a name, for everybody who reads. Its id, page and feeds stay when it is renamed."""

    id: int
    name: str
    query: str
    notes: Annotated[Sequence[str], Says("what of the query is not understood")]
    folder: str
    by: Annotated[str, Says("who saved it, or changed it last")]
    created: Hour
    changed: Hour
    removed: Annotated[str | None, Says("when it was removed; null for one that is there", form="date-time")]
    page: Annotated[str, Says("its page; with `.rss`, `.atom`, `.json`, `.csv` or `.geojson` behind it its feeds")]


class NewSearch(TypedDict):
    """A query to save."""

    name: Name
    query: QueryText
    folder: NotRequired[Folder]


class SearchChange(TypedDict):
    """What is to be different; the rest stays."""

    name: NotRequired[Name]
    query: NotRequired[QueryText]
    folder: NotRequired[Folder]


class Searches(TypedDict):
    searches: Sequence[SavedSearch]
    next: Next


class Alert(TypedDict):
    """Who is told of what a saved search finds."""

    id: int
    search: Annotated[int, Says("id of the saved search")]
    way: Ways
    target: str
    triggers: Triggers
    digest: Annotated[str, Says("the hour (UTC) at which all of a day is sent together; empty: at once", example="07:30")]
    by: str
    created: Hour
    stopped: Annotated[str, Says("why it sends nothing; empty while it does")]
    failures: Annotated[int, Says("tries in a row that failed", least=0)]
    failing_since: Annotated[str | None, Says(form="date-time")]
    last_sent: Annotated[str | None, Says(form="date-time")]
    waiting: Count
    secret: Annotated[str | None, Says("what signs the messages of a webhook: in the answer that makes it, else null")]


class NewAlert(TypedDict):
    """Whom to tell of what, and how."""

    way: Ways
    target: Target
    triggers: NotRequired[Triggers]
    digest: NotRequired[Annotated[str, Says("such as 07:30 (UTC); empty: at once", most=8)]]


class Alerts(TypedDict):
    alerts: Sequence[Alert]


class Trial(TypedDict):
    """How a trial went."""

    arrived: bool
    detail: Annotated[str, Says("what went wrong, in a sentence; empty where nothing did")]
