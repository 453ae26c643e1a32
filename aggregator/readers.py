"""What readers keep, and its stores: searches under a name.

The stores are ports like those of ``ports``; their contract suite is tests/contract/test_store_searches.py.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aggregator.errors import NotFoundError, UsageError
from aggregator.numbers import whole

LONGEST_NAME, LONGEST_FOLDER, LONGEST_QUERY = 80, 80, 2_000  # characters
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORBIDDEN = '"/'  # the one would end the name in search:"…", the other in an address


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query under a name, for everybody who reads here. ``id`` is for ever; the name can change, and is that of no other search without
    regard to case. ``folder``: where it is listed, "" for none. ``by``: who saved it or changed it last. ``removed_at``: None while it is
    there; one that was removed has given its name free."""

    id: int
    name: str
    query: str
    folder: str
    by: str
    created_at: datetime
    changed_at: datetime
    removed_at: datetime | None = None


class SavedSearchStore(Protocol):
    """Searches under a name. What is given is put in order by ``checked``, whose UsageError is raised."""

    def save(self, name: str, query: str, folder: str, by: str, now: datetime) -> SavedSearch:
        """Keep a new search. Raises UsageError where the name is another's."""

    def change(self, search_id: int, name: str, query: str, folder: str, by: str, now: datetime) -> SavedSearch:
        """Give a search this name, query and folder; its id stays. Raises NotFoundError for one that is not there or was removed,
        UsageError where the name is another's."""

    def remove(self, search_id: int, by: str, now: datetime) -> SavedSearch:
        """Remove a search; ``restore`` takes that back. Raises NotFoundError for one that is not there."""

    def restore(self, search_id: int, by: str, now: datetime) -> SavedSearch:
        """Put a removed search back; nothing for one that is there. Raises NotFoundError, and UsageError where its name is another's by
        now."""

    def get(self, search_id: int) -> SavedSearch:
        """A search that is there or was removed. Raises NotFoundError."""

    def by_name(self, name: str) -> SavedSearch | None:
        """The search of that name, without regard to case; none that was removed."""

    def changed_at(self) -> datetime | None:
        """When one was saved, changed, removed or put back last; None if none ever was."""

    def all(self) -> tuple[SavedSearch, ...]:
        """Those that are there, by folder and name."""

    def removed(self, limit: int) -> tuple[SavedSearch, ...]:
        """Those that were removed, the last first."""


def key_of(name: str) -> str:
    """What two names have in common that are one: compatible characters, case and spaces do not tell them apart."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def checked(name: str, query: str, folder: str) -> tuple[str, str, str]:
    """Name, query and folder with single spaces and without what cannot be shown. Raises UsageError saying what would be right."""
    name, query, folder = (" ".join(_UNREADABLE.sub(" ", text).split()) for text in (name, query, folder))
    for what, text, most in (("name", name, LONGEST_NAME), ("folder", folder, LONGEST_FOLDER), ("query", query, LONGEST_QUERY)):
        if len(text) > most:
            raise UsageError(f"The {what} has {len(text)} characters; {most} are the most.")
    if not any(char.isalnum() for char in name):
        raise UsageError("A saved search needs a name with a letter or digit in it.")
    if name.isdecimal():
        raise UsageError(f"The name {name} would be mistaken for a search's number; give it a letter.")
    if wrong := next((char for char in _FORBIDDEN if char in name), None):
        raise UsageError(f'A name cannot have {wrong} in it: it stands in addresses and in search:"NAME".')
    return name, query, folder


def one_of(store: SavedSearchStore, which: str) -> SavedSearch:
    """The search of that number or name that is there. Raises NotFoundError."""
    number = whole(which)
    found = store.by_name(which) if number is None else store.get(number)
    if found is None or found.removed_at is not None:
        raise NotFoundError("saved search", which)
    return found
