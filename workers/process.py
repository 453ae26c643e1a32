"""``python -m workers.process``: the worker that extracts, identifies, tags and stores; one process a core."""

from aggregator.app import build
from workers.run import work
from workers.tasks import process as tasks

if __name__ == "__main__":
    work("process", build, tasks.__name__)
