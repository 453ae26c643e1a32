"""One frozen Settings, read from FRONTWIRE_* environment variables by ``load``.

A name that is not known is an error that names the nearest right one; secrets have no defaults (the web's secret key is
generated into the data folder, readable by its owner alone, where FRONTWIRE_SECRET_KEY is not set).
"""

import difflib
import ipaddress
import os
import re
import secrets
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from aggregator.errors import SettingsError

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "FRONTWIRE_"
FOREIGN = frozenset({"FRONTWIRE_CORPUS", "FRONTWIRE_CHROMIUM"})  # read by tests and `make eval`, no settings of the service

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. The comment behind a field is its line in ``frontwire config show`` and the docs."""

    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""  # empty: SQLite in the data folder
    broker_url: str = ""  # empty: `frontwire up` starts an embedded Valkey
    broker_port: int = 0  # 0: a free one
    base_url: str = ""  # empty: http://host:port
    websub: bool | None = None  # None: where base_url is set, and to no address of this machine alone
    hub: bool | None = None  # None: where base_url is set, and to no address of this machine alone
    web_url: str = ""  # empty: http://host:port
    secret_key: str = ""  # empty: generated into the data folder
    contact: str = ""
    host_gap_s: float = 2.0
    fetch_allow: tuple[Network, ...] = ()
    fetch_only: tuple[Network, ...] = ()
    fetch_threads: int = 16
    process_workers: int = 0  # 0: one a core
    tick_s: float = 5.0
    lease_s: float = 120.0
    gazetteer_dir: Path | None = None  # empty: build/gazetteer beside the code, or the data folder
    attribution_model: str = ""  # empty: the rules alone
    revisits: bool = True
    render_command: str = ""  # empty: no page is rendered
    render_hosts: tuple[str, ...] = ()
    sample: bool = False
    sample_port: int = 8765
    full_text: str = "token"
    api_limit: int = 120  # 0: none
    api_limit_token: int = 1200  # 0: none
    smtp_url: str = ""  # empty: no alert is sent by mail
    mail_from: str = ""
    log_level: str = "INFO"

    @property
    def database(self) -> str:
        """URL of the database for SQLAlchemy."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'frontwire.db'}"
        url = self.database_url
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url

    @property
    def gazetteer(self) -> Path:
        """Where the built gazetteer is: the setting, else build/gazetteer in the project if this is one, else the data folder."""
        if self.gazetteer_dir is not None:
            return self.gazetteer_dir
        return PROJECT / "build" / "gazetteer" if (PROJECT / "Makefile").is_file() else self.data_dir / "gazetteer"

    @property
    def places(self) -> Path:
        """Where an operator's imports and own places are kept, from which every build of the gazetteer takes them."""
        return self.data_dir / "places"

    @property
    def sources(self) -> Path:
        """Where an operator's own entries of the registry of cited sources are kept, which are laid over those that are shipped."""
        return self.data_dir / "sources"

    @property
    def processes(self) -> int:
        """Processes that extract and tag."""
        return self.process_workers or os.cpu_count() or 1

    @property
    def base(self) -> str:
        """Root of the addresses in feeds and ids, without a slash at the end."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def subscribes(self) -> bool:
        """Whether hubs are asked to push (WebSub): they must be able to reach us."""
        return self._reachable if self.websub is None else self.websub

    @property
    def is_hub(self) -> bool:
        """Whether others may subscribe to our feeds here (WebSub): they must be able to reach us."""
        return self._reachable if self.hub is None else self.hub

    @property
    def _reachable(self) -> bool:
        return bool(self.base_url) and not _local(self.base_url)

    @property
    def own_web(self) -> str:
        """Where workers reach our own web server, without a slash at the end: one that listens on every address does so on loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.host, self.host)
        return (self.web_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}").rstrip("/")

    @property
    def render_words(self) -> tuple[str, ...]:
        """The rendering command, split into words as a shell would."""
        return tuple(shlex.split(self.render_command))

    @property
    def user_agent(self) -> str:
        """Who we are, honestly, and whom to write to."""
        contact = f"; +{self.contact}" if self.contact else ""
        return f"Frontwire/0.1 (news reader{contact})"

    def secret(self) -> str:
        """The web's secret key: the setting, else the one kept in the data folder, made there on first use (mode 0600)."""
        if self.secret_key:
            return self.secret_key
        path = self.data_dir / "secret-key"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text().strip()
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        return path.read_text().strip()


DOCS: Mapping[str, str] = {
    "data_dir": "folder for the embedded database, Valkey's file, the lock and the secret key",
    "host": "address that the web server listens on",
    "port": "port of the web server",
    "database_url": "postgresql://… or sqlite:///…; empty: SQLite in the data folder",
    "broker_url": "redis://… of a Redis or Valkey; empty: `frontwire up` starts its own",
    "broker_port": "port of the embedded Valkey; 0: a free one",
    "base_url": "root of ids, self links and callbacks; empty: http://HOST:PORT",
    "websub": "subscribe at the hubs of feeds, which then push what is new (yes/no); empty: yes where BASE_URL is set and reachable",
    "hub": "let others subscribe to our own feeds, and push what is new (yes/no); empty: yes where BASE_URL is set and reachable",
    "web_url": "where workers reach our own web server, to read what they push; empty: http://HOST:PORT",
    "secret_key": "signs sessions and forms; empty: generated into the data folder",
    "contact": "web or mail address that feed servers see in the User-Agent",
    "host_gap_s": "seconds between two requests to one host, across all workers",
    "fetch_allow": "private networks that the address guard lets through, comma-separated (10.0.0.0/8)",
    "fetch_only": "networks outside which nothing is fetched at all, comma-separated",
    "fetch_threads": "threads that fetch feeds and pages",
    "process_workers": "processes that extract and tag; 0: one a core",
    "tick_s": "seconds between two looks for due feeds and entries",
    "lease_s": "seconds after which work that a lost worker held is handed out again",
    "gazetteer_dir": "folder of the built gazetteer; empty: build/gazetteer in the project, or DATA_DIR/gazetteer",
    "attribution_model": "learned tagger that adds attributions to those of the rules: shipped, or a model's file; empty: none",
    "revisits": "look at the pages of articles again 30 min, 2 h, 12 h and 3 d after they were first seen (yes/no)",
    "render_command": "command that prints a page after its scripts have run, with {url} and {proxy}; empty: none",
    "render_hosts": "hosts whose pages are rendered by it, comma-separated, their sub-domains too",
    "sample": "start the sample press with `frontwire up` and subscribe to it (yes/no)",
    "sample_port": "port of the sample press on its addresses 127.0.5.N",
    "full_text": "who gets whole texts of articles in answers for programs: never, token (with the scope full-text) or open (everybody)",
    "api_limit": "requests a minute that the API answers to one address without a token; 0: any number",
    "api_limit_token": "requests a minute that the API answers to one access token; 0: any number",
    "smtp_url": "mail server for alerts: smtps://USER:PASSWORD@HOST, or smtp://HOST:PORT with TLS where it is offered; empty: none",
    "mail_from": "mailbox that alerts are sent from",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
}
SECRET = frozenset({"secret_key"})
URLS = frozenset({"database_url", "broker_url", "smtp_url"})


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError naming the variable, what is wrong with it and what would be right."""
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    names = {PREFIX + f.name.upper(): f.name for f in fields(Settings)}
    for variable in sorted(environ):
        if not variable.startswith(PREFIX) or variable in FOREIGN:
            continue
        if variable not in names:
            near = difflib.get_close_matches(variable, names, n=1, cutoff=0.0)[0]
            raise SettingsError(f"There is no setting {variable}. The nearest one is {near}; `frontwire config show` lists all.")
        values[names[variable]] = _value(variable, names[variable], environ[variable].strip())
    if values.get("websub") and not values.get("base_url"):
        raise SettingsError("FRONTWIRE_WEBSUB=yes needs FRONTWIRE_BASE_URL: the root of the addresses at which hubs reach this service.")
    if values.get("hub") and not values.get("base_url"):
        raise SettingsError("FRONTWIRE_HUB=yes needs FRONTWIRE_BASE_URL: the root of the addresses that others subscribe to.")
    if values.get("render_hosts") and not values.get("render_command"):
        raise SettingsError("FRONTWIRE_RENDER_HOSTS needs FRONTWIRE_RENDER_COMMAND: the command that renders the pages of these hosts.")
    if bool(values.get("smtp_url")) != bool(values.get("mail_from")):
        raise SettingsError("FRONTWIRE_SMTP_URL and FRONTWIRE_MAIL_FROM go together: a server to send by, and a mailbox to send from.")
    return Settings(**values)  # type: ignore[arg-type]  # each value was made for its field by _value


def shown(settings: Settings) -> dict[str, str]:
    """Each setting as text for people, secrets masked."""
    out = {}
    for f in fields(Settings):
        value = getattr(settings, f.name)
        if f.name in SECRET and value:
            text = "********"
        elif f.name in URLS and value:
            text = mask_url(value)
        elif isinstance(value, tuple):
            text = ",".join(map(str, value))
        elif isinstance(value, bool):
            text = "yes" if value else "no"
        else:
            text = "" if value is None else str(value)
        out[PREFIX + f.name.upper()] = text
    return out


def mask_url(url: str) -> str:
    """Return the URL with its password masked."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, host = parts.netloc.rsplit("@", 1)
    return urlunsplit(parts._replace(netloc=f"{user.split(':')[0]}:********@{host}"))


def _local(url: str) -> bool:
    """Whether the URL leads to this machine alone."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return not host or host == "localhost" or host.endswith(".localhost")


def _host(text: str) -> str:
    """A host as it stands in a URL: in lower case, without a dot at its end, in ASCII."""
    host = text.lower().rstrip(".").encode("idna").decode("ascii")
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host):
        raise ValueError(f"{text!r} is no host; example.com would be one, without https:// and without a port")
    return host


def _value(variable: str, name: str, text: str) -> object:
    try:
        if name in ("data_dir", "gazetteer_dir"):
            return Path(text) if text else getattr(Settings(), name)
        if name in ("port", "broker_port", "sample_port", "fetch_threads", "process_workers"):
            number = int(text)
            if not (0 < number < 65536 or (number == 0 and name in ("broker_port", "process_workers"))):
                raise ValueError("out of range")
            return number
        if name in ("api_limit", "api_limit_token"):
            if not (text.isdecimal() and int(text) <= 1_000_000):
                raise ValueError("out of range 0 … 1000000")
            return int(text)
        if name in ("host_gap_s", "tick_s", "lease_s"):
            seconds = float(text)
            if not 0 <= seconds <= 3600:
                raise ValueError("out of range 0 … 3600")
            return seconds
        if name in ("fetch_allow", "fetch_only"):
            return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
        if name == "render_hosts":
            return tuple(_host(part.strip()) for part in text.split(",") if part.strip())
        if name == "render_command":
            missing = [needed for needed in ("{url}", "{proxy}") if not any(needed in word for word in shlex.split(text)[1:])]
            if text and missing:
                raise ValueError(f"it lacks {' and '.join(missing)}")
        if name in ("websub", "hub") and not text:
            return None
        if name in ("sample", "websub", "hub", "revisits"):
            return {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False, "": False}[text.lower()]
        if name == "full_text" and text.lower() not in ("never", "token", "open"):
            raise ValueError("never, token or open")
        if name == "web_url" and text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
            raise ValueError("http://web:8000")
        if name == "smtp_url" and text and (urlsplit(text).scheme not in ("smtp", "smtps") or not urlsplit(text).hostname):
            raise ValueError("smtps://USER:PASSWORD@mail.example or smtp://localhost:25")
        if name == "log_level" and text.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("no such level")
    except (ValueError, KeyError) as error:
        raise SettingsError(f"{variable}={text!r} is not right: it is the {DOCS[name]} ({error}).") from error
    return {"log_level": text.upper(), "full_text": text.lower()}.get(name, text)
