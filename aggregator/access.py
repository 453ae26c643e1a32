"""Access tokens: what a program shows to be known by, and what each of their scopes allows.

A token's secret is 32 random bytes. Only its SHA-256 is kept, which is enough for a secret that nobody can guess (NIST SP 800-63B 5.1.2.2
asks for slow hashes where people choose the words): whoever reads the database learns no token.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from aggregator.errors import UsageError

PREFIX = "fw_"  # by which people, and programs that look for leaked secrets, know what it is
BYTES = 32
LONGEST_NAME = 100


class Scope(StrEnum):
    """What a token allows."""

    READ = "read"
    FULL_TEXT = "full-text"
    SYNC = "sync"
    SEARCHES = "searches"
    OPERATE = "operate"


SCOPES: Mapping[Scope, str] = {
    Scope.READ: "Reads what everybody may read, more often than an address without a token may ask.",
    Scope.FULL_TEXT: "Reads the whole text of articles, where FRONTWIRE_FULL_TEXT lets tokens do so.",
    Scope.SYNC: "Lets a reader program keep what its user has read, starred and subscribed to.",
    Scope.SEARCHES: "Saves, changes and removes searches, which everybody reads, and the alerts that they have.",
    Scope.OPERATE: "Lists, adds, pauses, resumes and polls feeds, as operators do at their desk.",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a user, without its secret. ``last_used_at``: to some ten minutes."""

    id: int
    user_id: int
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    last_used_at: datetime | None = None
    revoked: bool = False


class TokenStore(Protocol):
    """Tokens by the digest of their secret. A revoked one stays, so that revoking can be taken back."""

    def add(self, user_id: int, name: str, scopes: Collection[Scope], digest: str, now: datetime, fever: str | None = None) -> Token:
        """Keep a new token of the user, who must exist. ``fever``: its ``fever_digest``, where it may sync."""

    def get(self, token_id: int) -> Token:
        """Raises NotFoundError."""

    def by_digest(self, digest: str) -> Token | None:
        """The token, revoked or not, or None."""

    def by_fever(self, digest: str) -> Token | None:
        """The token of that ``fever_digest``, revoked or not, or None."""

    def all(self, user_id: int | None = None) -> tuple[Token, ...]:
        """Of one user or of all, newest first, revoked ones too."""

    def revoke(self, token_id: int, revoked: bool) -> Token:
        """Revoke, or take that back. Raises NotFoundError."""

    def used(self, token_id: int, now: datetime) -> None:
        """Note that it was used; nothing if there is no such token."""


def new_secret() -> str:
    """A token as its user is shown it, once."""
    return PREFIX + base64.urlsafe_b64encode(secrets.token_bytes(BYTES)).decode("ascii").rstrip("=")


def digest(secret: str) -> str:
    """What is kept of a token: its SHA-256 in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def fever_digest(user_name: str, secret: str, held: Collection[Scope]) -> str | None:
    """What is kept of a token that may sync for programs of the Fever API (version 3): they show the MD5 of user and password in hex, and
    this is the digest of that; None for other tokens."""
    if Scope.SYNC not in held:
        return None
    shown = hashlib.md5(f"{user_name}:{secret}".encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
    return digest(shown)


def named(name: str) -> str:
    """The name of a token with single spaces. Raises UsageError for one that says nothing or is too long."""
    found = re.sub(r"\s+", " ", name).strip()
    if not found or len(found) > LONGEST_NAME:
        raise UsageError(f"A token needs a name of 1 to {LONGEST_NAME} characters that says where it is used, such as: laptop.")
    return found


def scopes(words: Collection[str]) -> frozenset[Scope]:
    """The scopes of these names; ``read`` goes with every other. Raises UsageError for a name that is none."""
    wrong = sorted(set(words) - set(Scope))
    if wrong:
        raise UsageError(f"There is no scope {wrong[0]!r}. Scopes are {', '.join(Scope)}.")
    return frozenset({Scope.READ, *(Scope(word) for word in words)})


def told(held: Collection[Scope]) -> tuple[str, ...]:
    """The names of scopes in the order of the table."""
    return tuple(scope.value for scope in SCOPES if scope in held)
