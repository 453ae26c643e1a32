"""Run every scorer of the external corpus over the stage commands: `make eval`, or `python scripts/evaluate.py CORPUS [SCORER …]`.

Prints each scorer's table and ends with the figures of all; exit status 1 if a scorer found a breach of the stage contract.
"""

import subprocess
import sys
from pathlib import Path

SCORERS: dict[str, list[str]] = {
    "feed": [],
    "page": [],
    "places": [],
    "attributions": [],
    "group": [],
    "url": [],
}


def main() -> int:
    """Run the scorers; return 0 if all kept the contract."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("../shared")
    scorers = sys.argv[2:] or list(SCORERS)
    if not (corpus / "eval").is_dir():
        print(f"There is no corpus at {corpus}: set FRONTWIRE_CORPUS to the folder that holds eval/ and data/.")
        return 2
    figures: list[str] = []
    failed: list[str] = []
    for name in scorers:
        print(f"== {name}", flush=True)
        command = [sys.executable, str(corpus / "eval" / f"{name}.py"), *SCORERS[name]]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for line in process.stdout:
                print(line, end="", flush=True)
                if line.startswith("figure: "):
                    figures.append(f"{name:<13} {line.removeprefix('figure: ').strip()}")
        if process.returncode:
            failed.append(name)
    print("\n".join(["== all figures", *figures]))
    if failed:
        print(f"breaches of the contract: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
