# What to type: `make help`. Everything is made in .venv, build/ and var/; nothing outside the project is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS ?= $(or $(FRONTWIRE_CORPUS),../shared)
SOURCES := aggregator workers web tests
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export FRONTWIRE_CORPUS := $(abspath $(CORPUS))

.PHONY: help setup setup-dev run test check format lock eval bench screenshots clean

help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Frontwire needs Python 3.11 or newer; this is $$($(PYTHON) --version). Set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements-gazetteer.lock pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --require-hashes -r requirements-gazetteer.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

web/static/vendor/.done: web/frontend/package.json web/frontend/package-lock.json web/frontend/fetch.py web/maps/atlas.py web/maps/disputed.yaml $(VENV)/.runtime
	$(BIN)/python web/frontend/fetch.py
	@touch $@

setup: $(VENV)/.runtime web/static/vendor/.done  ## Virtual environment, gazetteer and front-end packages (does only what is missing)
	$(BIN)/frontwire gazetteer build --if-missing

setup-dev: setup $(VENV)/.dev

run: setup  ## Start everything with the sample press and serve http://127.0.0.1:8000
	$(BIN)/frontwire up --sample

test: setup-dev  ## Run every test with the real servers it needs
	$(BIN)/python -m pytest

check: setup-dev  ## What must be clean: ruff and mypy --strict
	$(BIN)/ruff check $(SOURCES) benchmarks scripts
	$(BIN)/ruff format --check $(SOURCES) benchmarks scripts
	$(BIN)/mypy

format: setup-dev  ## Format the code
	$(BIN)/ruff check --fix $(SOURCES) benchmarks scripts
	$(BIN)/ruff format $(SOURCES) benchmarks scripts

lock: | $(BIN)/python  ## Write the lock files anew (hashes, no registry address)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --group gazetteer --universal --python-version 3.11 --generate-hashes --no-header -c requirements.lock -o requirements-gazetteer.lock
	$(BIN)/uv pip compile -q pyproject.toml --group gazetteer --group dev --universal --python-version 3.11 --generate-hashes --no-header -c requirements-gazetteer.lock -o requirements-dev.lock

eval: setup-dev  ## Score every stage on the external corpus (FRONTWIRE_CORPUS)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python scripts/evaluate.py "$(FRONTWIRE_CORPUS)"

bench: setup-dev  ## Print what things cost
	$(BIN)/python -m benchmarks

screenshots: setup-dev  ## Take the pictures of README and docs from a running sample
	$(BIN)/python scripts/screenshots.py

clean:  ## Forget build results (not the data in var/)
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
