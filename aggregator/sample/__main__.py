"""``python -m aggregator.sample --port 8765``: the sample press in the foreground, until interrupted."""

import argparse
import signal
import sys

from aggregator.errors import SettingsError
from aggregator.model import utc_now
from aggregator.sample.server import SamplePress, feed_drafts


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m aggregator.sample", description="Serve the invented sample press on 127.0.5.N.")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--speed", type=float, default=1.0, help="how many times as fast held-back reports come out")
    options = parser.parse_args()
    press = SamplePress(options.port, utc_now(), options.speed)
    try:
        press.start()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for draft in feed_drafts(press.port):
            print(f"{draft.url}  {draft.title}", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        press.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
