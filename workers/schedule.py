"""What the clock (Celery beat) sends: ticks, and now and then a repair of stories; the database knows the rest. A second beat would
only cost a few empty looks."""

from typing import Any

from aggregator.settings import Settings

REPAIR_S = 60.0
PUSHES_S = 1.0


def beat_schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """The schedule: a tick every FRONTWIRE_TICK_S seconds, a repair a minute and, where hubs push, a look each second for what they
    delivered; each is dropped if nobody took it in time."""
    pushes = {"task": "frontwire.pushes", "schedule": PUSHES_S, "options": {"expires": PUSHES_S * 5, "queue": "serial"}}
    return ({"pushes": pushes} if settings.subscribes else {}) | {
        "tick": {
            "task": "frontwire.tick",
            "schedule": settings.tick_s,
            "options": {"expires": max(settings.tick_s * 2, 10), "queue": "serial"},
        },
        "repair": {"task": "frontwire.repair", "schedule": REPAIR_S, "options": {"expires": REPAIR_S, "queue": "serial"}},
    }
