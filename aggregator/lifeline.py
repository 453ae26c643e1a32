"""Nothing outlives its supervisor, not even after a ``kill -9``.

The supervisor keeps the only writing end of a pipe; each child holds the reading end and leads a process group of its own. When the
supervisor is gone, however it went, reading gives end of file, and the child ends its whole group. Python children call ``watch``;
a program that is not Python runs under ``python -m aggregator.lifeline FD PROGRAM ARGUMENT…``.
"""

import os
import signal
import subprocess
import sys
import threading

VARIABLE = "FRONTWIRE_LIFELINE_FD"  # taken out of the environment by `watch`, so that it is no unknown setting


def watch() -> None:
    """Watch the lifeline given by the environment, if any, in a thread of its own."""
    descriptor = os.environ.pop(VARIABLE, None)
    if descriptor is not None:
        _watch(int(descriptor))


def _watch(descriptor: int) -> None:
    threading.Thread(target=_wait, args=(descriptor,), name="lifeline", daemon=True).start()


def _wait(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Run a program under the lifeline; pass on its exit status and our SIGTERM."""
    descriptor, *command = sys.argv[1:]
    _watch(int(descriptor))
    process = subprocess.Popen(command)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    sys.exit(process.wait())


if __name__ == "__main__":
    main()
