"""Where the external corpus is: FRONTWIRE_CORPUS, or the folder `shared` beside the project. Nothing of it is part of this project."""

import os
from pathlib import Path

import pytest

from aggregator.settings import PROJECT


def corpus(part: str) -> Path:
    """A file or folder of the corpus; the test is skipped, with a message that says what is missing, where it is not at hand."""
    root = Path(os.environ.get("FRONTWIRE_CORPUS") or PROJECT.parent / "shared")
    path = root / part
    if not path.exists():
        pytest.skip(f"there is no {part} in the external corpus {root} (FRONTWIRE_CORPUS says where it is)")
    return path
