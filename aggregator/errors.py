"""The error tree.

::

    FrontwireError
    ├── SettingsError          an environment variable is wrong or missing          (operator)
    ├── UsageError             what a user typed cannot be done; says what would be right
    ├── NotFoundError          no feed, article, story, place, source or outlet by that id
    │   └── TakenDownError     an article that was there, and was taken down
    ├── TokenError             an access token is missing, unknown or revoked
    ├── ScopeError             an access token that does not allow what was asked for
    ├── TooManyError           more requests than an address or token may make           (temporary)
    ├── FetchError             a URL did not answer as it should
    │   ├── RefusedError       the address guard, a scheme or an allow-list said no (permanent)
    │   ├── NetworkError       no connection, a time-out, a broken answer           (temporary)
    │   ├── TooLargeError      over a cap of bytes                                  (permanent)
    │   ├── HttpError          an answer with a status of 400 or more
    │   ├── DisallowedError    robots.txt says no                                   (permanent)
    │   └── BusyError          the host's turn has not come yet                     (temporary)
    ├── FeedError              bytes that are not a feed
    ├── ExtractError           a page that cannot be read within the limits
    ├── GazetteerError         the gazetteer is missing or does not fit             (operator)
    ├── StorageError           the database refused or is of another schema
    └── BrokerError            Redis or Valkey does not answer                      (temporary)

Every class says by ``remedy`` whether waiting helps, nothing helps, or an operator has to act; ``str()`` is a sentence for
people, and the attributes carry the data.
"""

from datetime import datetime
from enum import StrEnum


class Remedy(StrEnum):
    """What helps against an error."""

    WAIT = "temporary"
    NONE = "permanent"
    OPERATOR = "operator"


class FrontwireError(Exception):
    """Root of the tree. ``message`` is a sentence for people: what was wrong, where, and what would be right."""

    remedy = Remedy.NONE

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def kind(self) -> str:
        """The error's name for programs: ``RefusedError`` is ``refused``."""
        name = type(self).__name__.removesuffix("Error")
        return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


class SettingsError(FrontwireError):
    remedy = Remedy.OPERATOR


class UsageError(FrontwireError):
    pass


class NotFoundError(FrontwireError):
    """Nothing by that id. ``what`` is the kind of thing, ``ident`` the id that was asked for."""

    def __init__(self, what: str, ident: object) -> None:
        super().__init__(f"There is no {what} {ident!r}.")
        self.what, self.ident = what, ident


class TakenDownError(NotFoundError):
    """An article that was taken down, at ``at``."""

    def __init__(self, article_id: int, at: datetime) -> None:
        day = f"{at.day} {at:%B %Y}"
        FrontwireError.__init__(
            self, f"This article was taken down here on {day}, by those who run this service. Nothing of its text is kept."
        )
        self.what, self.ident, self.at = "article", article_id, at


class TokenError(FrontwireError):
    """An access token is missing, unknown or revoked; ``invalid``: one was shown."""

    def __init__(self, message: str, *, invalid: bool = False) -> None:
        super().__init__(message)
        self.invalid = invalid


class ScopeError(FrontwireError):
    """An access token does not allow what was asked for; ``scope`` would."""

    def __init__(self, message: str, scope: str) -> None:
        super().__init__(message)
        self.scope = scope


class TooManyError(FrontwireError):
    """More requests than are allowed; the next one may come in ``retry_after_s`` seconds."""

    remedy = Remedy.WAIT

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class FetchError(FrontwireError):
    """A URL did not answer as it should. ``status`` is the HTTP status where there was one."""

    def __init__(self, message: str, url: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.url, self.status, self.retry_after_s = url, status, retry_after_s


class RefusedError(FetchError):
    remedy = Remedy.NONE


class NetworkError(FetchError):
    remedy = Remedy.WAIT


class TooLargeError(FetchError):
    remedy = Remedy.NONE


class HttpError(FetchError):
    """Temporary for 408, 425, 429 and 5xx, else permanent; 410 means gone for good."""

    def __init__(self, message: str, url: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(message, url, status=status, retry_after_s=retry_after_s)
        self.remedy = Remedy.WAIT if status in (408, 425, 429) or status >= 500 else Remedy.NONE


class DisallowedError(FetchError):
    remedy = Remedy.NONE


class BusyError(FetchError):
    """The host is in use or has just been asked; ``retry_after_s`` says when its turn comes."""

    remedy = Remedy.WAIT


class FeedError(FrontwireError):
    """Bytes that are not a feed. ``url`` is where they came from, ``found`` what they look like, ``instead`` addresses that they name
    where there may be one."""

    def __init__(self, message: str, url: str, *, found: str = "", instead: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.url, self.found, self.instead = url, found, instead


class ExtractError(FrontwireError):
    def __init__(self, message: str, url: str) -> None:
        super().__init__(message)
        self.url = url


class GazetteerError(FrontwireError):
    remedy = Remedy.OPERATOR


class StorageError(FrontwireError):
    remedy = Remedy.OPERATOR


class SchemaError(StorageError):
    """The database has no schema yet, or an older one: another process is to bring it up to date."""


class BrokerError(FrontwireError):
    remedy = Remedy.WAIT
