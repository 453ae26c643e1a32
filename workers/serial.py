"""``python -m workers.serial``: the worker that hands out work, and keeps copies, stories, claims and the index up to date."""

from aggregator.app import build
from workers.run import work
from workers.tasks import serial as tasks

if __name__ == "__main__":
    work("serial", build, tasks.__name__)
