"""``python -m workers.fetch``: the worker that polls feeds and fetches pages, in threads, over the intake alone."""

from aggregator.intake import build_intake
from workers.run import work
from workers.tasks import fetch as tasks

if __name__ == "__main__":
    work("fetch", build_intake, tasks.__name__)
