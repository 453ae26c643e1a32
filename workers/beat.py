"""``python -m workers.beat``: the clock, which sends ticks; a second one would only cost a few empty looks."""

from aggregator.intake import build_intake
from workers.run import keep_time

if __name__ == "__main__":
    keep_time(build_intake)
