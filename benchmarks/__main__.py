"""``python -m benchmarks [NAME …]``: run the benchmarks, each in a process of its own so that memory figures are its own."""

import subprocess
import sys

NAMES = ("stages", "search", "polling", "latency", "map", "dossier", "stories", "outputs", "hub", "trends")


def main() -> int:
    """Run those named, or all; return the worst exit status."""
    wanted = sys.argv[1:] or list(NAMES)
    unknown = [name for name in wanted if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    worst = 0
    for name in wanted:
        print(f"== {name}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
