# The few commands that people and .ci/run use. Each is complete on a fresh clone: it makes the environment first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CONSTRAINTS ?= constraints.txt
LOWEST := .venv-lowest
# One worker a core, one thread a worker: more threads than cores only get into each other's way. A worker that
# has nothing left to do takes tests from the others.
PYTEST = OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help install install-lowest run test test-slow test-lowest test-browser test-slurm test-wheel run-lowest coverage lint format \
	types check docs pictures build bench bench-watch reproduce-paper clean

help:  ## show this list
	@awk 'BEGIN {FS = ":.*  ## "} /^[a-z-]+:.*  ## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP)  ## create the environment in .venv and install gradnet-run with its development tools

$(STAMP): pyproject.toml $(CONSTRAINTS)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint $(CONSTRAINTS) --editable '.[dev]'
	@touch $@

install-lowest:  ## the same in .venv-lowest, with the lowest versions that pyproject.toml allows
	$(MAKE) install VENV=$(LOWEST) CONSTRAINTS=constraints-lowest.txt

run: $(STAMP)  ## find the best 30 x 30 grid: the default run, a few seconds
	$(BIN)/gradnet-run

test: $(STAMP)  ## the fast tests
	$(PYTEST) -m 'not slow'

# Properties are tried on more random examples than in the fast tests.
test-slow: $(STAMP)  ## the tests that take minutes
	$(PYTEST) -m slow
	GRADNET_EXAMPLES=100 $(PYTEST) -m 'not slow' tests/properties

test-lowest: install-lowest  ## the tests of the core with the lowest versions of the libraries
	$(MAKE) run-lowest VENV=$(LOWEST) CONSTRAINTS=constraints-lowest.txt

# Old libraries use what newer ones below them call deprecated.
run-lowest: $(STAMP)
	$(PYTEST) -m 'not slow' -W ignore::DeprecationWarning tests/numerics tests/problem tests/conformance

test-browser: $(STAMP)  ## report.html in a real Chromium (Debian: apt-get install chromium)
	$(PYTEST) --numprocesses 0 tests/report/test_browser.py

test-slurm: $(STAMP)  ## sweeps through a real Slurm, started here (Debian: apt-get install slurm-wlm munge)
	$(PYTEST) --numprocesses 0 tests/slurm

# Of the wheel's own environment; GRADNET_PYTHON names the Python that it is made with.
test-wheel: $(STAMP)  ## the built wheel and sdist in an empty environment: README, tutorials, recipe, Dockerfile
	$(PYTEST) --numprocesses 0 tests/release

coverage: $(STAMP)  ## the fast tests, failing where fewer branches are covered than pyproject.toml asks for
	$(PYTEST) -m 'not slow' --cov

lint: $(STAMP)  ## style and format of the code, nothing changed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP)  ## put the code into its format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMP)  ## types of the code
	$(BIN)/mypy

check: lint types  ## lint and types

# One thread: on shared cores more of them only wait for each other, and the networks shown are the same everywhere.
docs: $(STAMP)  ## the site in build/docs/, its commands and code run anew; open build/docs/index.html
	OMP_NUM_THREADS=1 NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --config-file docs/mkdocs.yml
	@echo build/docs/index.html

pictures: $(STAMP)  ## draw the pictures anew that each kind of figure is compared with; look at them before you commit
	GRADNET_PICTURES=anew $(BIN)/python -m pytest -q tests/pictures

build: $(STAMP)  ## wheel and sdist of this version, in dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation
	@ls dist

bench: $(STAMP)  ## time gradnet-run against the GradNet library (FULL=1: the library's full runs)
	$(BIN)/python -m experiments.benchmark.run $(if $(FULL),--full) $(if $(TASKS),--tasks $(TASKS))

# One thread, and the least of several rounds beside a reference computation: see experiments/benchmark/watch/.
bench-watch: $(STAMP)  ## watched numbers against those of before: fails where one is 20 % slower (RECORD=1: keep them)
	$(BIN)/python -m experiments.benchmark.watch $(if $(RECORD),--record) $(if $(ONLY),--only $(ONLY))

reproduce-paper: $(STAMP)  ## run every study and check each claim of the paper (FULL=1: the large sizes too; DATA=folder: data sets)
	$(if $(DATA),DATA=$(abspath $(DATA))) $(BIN)/python -m experiments.paper $(if $(FULL),--full)

clean:  ## remove caches and built files; runs in outputs/ and the environment stay
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage .coverage.* htmlcov
	find gradnet_cli tests -name __pycache__ -type d -prune -exec rm -rf {} +
