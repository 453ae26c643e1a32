"""The sample press of a data folder: since when it runs, whether somebody removed it, subscribing and removing."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from aggregator.app import App
from aggregator.errors import UsageError
from aggregator.model import utc_now
from aggregator.sample.server import feed_drafts
from aggregator.settings import Settings

NETWORK = "127.0.5.0/24"  # the sample's own addresses, the only ones that it lets past the address guard


@dataclass(frozen=True, slots=True)
class Press:
    """The sample press of one data folder: its hours stay the same over restarts, or every article would look edited."""

    port: int
    started_at: datetime
    removed: bool = False
    speed: float = 1.0  # how many times as fast held-back reports come out


def noted_press(settings: Settings) -> Press:
    """The press of this data folder; begun now if there was none. Raises UsageError if its file cannot be read."""
    path = _path(settings)
    if not path.is_file():
        _note(settings, Press(settings.sample_port, utc_now()))
    try:
        facts = json.loads(path.read_text())
        return Press(
            int(facts["port"]), datetime.fromisoformat(facts["started_at"]), bool(facts["removed"]), float(facts.get("speed", 1.0))
        )
    except (ValueError, KeyError) as error:
        raise UsageError(f"{path} is not what the sample press wrote there ({error}); delete it to begin anew.") from error


def want_sample(settings: Settings) -> Press:
    """Take back a removal."""
    press = replace(noted_press(settings), removed=False)
    _note(settings, press)
    return press


def subscribe(app: App, press: Press) -> int:
    """Subscribe to the sample press unless somebody removed it; return how many feeds are new."""
    if press.removed:
        return 0
    return sum(app.store.feeds.add(draft, app.clock.now())[1] for draft in feed_drafts(press.port))


def set_speed(settings: Settings, speed: float) -> Press:
    """Let the press run at another speed from now on; held-back reports that are out already may change their hour."""
    press = replace(noted_press(settings), speed=speed)
    _note(settings, press)
    return press


def remove_sample(app: App) -> int:
    """Take the sample away, and remember that it shall stay away; return the number of articles."""
    _note(app.settings, replace(noted_press(app.settings), removed=True))
    return app.store.feeds.remove_sample()


def _note(settings: Settings, press: Press) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    facts = {"port": press.port, "started_at": press.started_at.isoformat(), "removed": press.removed, "speed": press.speed}
    _path(settings).write_text(json.dumps(facts))


def _path(settings: Settings) -> Path:
    return settings.data_dir / "sample.json"
