"""Rounds of the library ``reader``, run in an environment of its own (see polling.py): CPU and wall seconds of each, as JSON lines.

python reader_rounds.py DATABASE WORKERS ROUNDS < addresses of feeds
"""

import json
import sys
import time

from reader import make_reader


def main() -> None:
    """Add the feeds, then update them, ROUNDS times."""
    database, workers, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    reader = make_reader(database)
    feeds = sys.stdin.read().split()
    for url in feeds:
        reader.add_feed(url)
    for _ in range(rounds):
        cpu, wall = time.process_time(), time.monotonic()
        reader.update_feeds(scheduled=False, workers=workers)
        spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.monotonic() - wall}
        failed = sum(feed.last_exception is not None for feed in reader.get_feeds())
        print(json.dumps({**spent, "failed": failed}), flush=True)


if __name__ == "__main__":
    main()
