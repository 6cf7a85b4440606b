# `make demo` and `make test` do all their own set-up; everything else is for those who change keydesk.
.DEFAULT_GOAL := help
SHELL := /bin/sh

# The newest of the Pythons that keydesk is tested with, or whatever python3 is.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
CONSTRAINTS := .ci/constraints.txt

# Stamps: an installation is made once and again only when what it depends on has changed.
APP := $(VENV)/.installed-app
DEV := $(VENV)/.installed-dev

.PHONY: help demo team-demo test search check lint types contracts format truth mutants audit bench build clean pictures pictures-check

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

$(VENV)/.made:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "keydesk needs Python 3.11 or newer; this is $$("$(PYTHON)" --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Setting up $(VENV) (once) …"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(APP): $(VENV)/.made pyproject.toml $(CONSTRAINTS)
	@$(PIP) install --constraint $(CONSTRAINTS) --editable '.[demo]'
	@touch $@

$(DEV): $(VENV)/.made pyproject.toml $(CONSTRAINTS)
	@echo "Installing what the tests need …"
	@$(PIP) install --constraint $(CONSTRAINTS) --editable '.[demo,dev,team]'
	@touch $@ $(APP)

demo: $(APP) ## Start keydesk against the embedded demo org
	@$(BIN)/keydesk --demo

team-demo: $(DEV) ## A database, a demo org and three keydesks of one team side by side
	@$(BIN)/python -m tests.team_demo $(ARGS)

# Each ledger, store and settings file waits for the disk, thousands of times; in memory nobody waits, and nothing stays.
MEMORY := $(shell test -d /dev/shm && test -w /dev/shm && echo PYTEST_DEBUG_TEMPROOT=/dev/shm)

test: $(DEV) ## Run the tests
	@env -u PYTHONDONTWRITEBYTECODE $(MEMORY) $(BIN)/python -m pytest --numprocesses auto --dist worksteal $(ARGS)

search: $(DEV) ## Run the property tests with examples that they never had (some minutes)
	@env $(MEMORY) $(BIN)/python -m pytest --numprocesses auto -m hypothesis --hypothesis-profile search $(ARGS)

check: test lint types contracts pictures-check ## Everything that CI checks, but the build

lint: $(DEV) ## Lint, format and spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/codespell tui screens widgets tests docs README.md CHANGELOG.md

types: $(DEV) ## Types, strict, over code and tests
	@$(BIN)/mypy

contracts: $(DEV) ## Who may import whom
	@$(BIN)/lint-imports

format: $(DEV) ## Put the code into form
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

truth: $(DEV) ## What keydesk says of each recorded event of ../shared, and how often it is right
	@$(BIN)/python -m tests.truth

mutants: $(DEV) ## Put faults into the code that guards people; tests must catch 85 % (some minutes)
	@$(BIN)/python -m tests.mutants $(ARGS)

pictures: $(DEV) ## Make the pictures of README and docs from the demo org
	@$(BIN)/python -m tests.pictures

pictures-check: $(DEV)
	@$(BIN)/python -m tests.pictures --check

# pip-audit brings much that keydesk does not need; it has an environment of its own.
.venv-audit/.made: $(VENV)/.made
	@$(BIN)/python -m venv .venv-audit
	@.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1
	@touch $@

audit: $(VENV)/.made .venv-audit/.made ## Look the packages up in an advisory service, if one can be reached
	@$(BIN)/python -m tests.audit .venv-audit/bin/pip-audit

# The vendor's SDK, to compare with; it has an environment of its own.
.venv-sdk/.made: $(VENV)/.made
	@$(BIN)/python -m venv .venv-sdk
	@.venv-sdk/bin/python -m pip install --quiet --disable-pip-version-check okta==3.4.6
	@touch $@

bench: $(DEV) .venv-sdk/.made ## Measure speed and memory; prints tables (some ten minutes)
	@$(BIN)/python -m tests.bench

build: $(DEV) ## Build the wheel, install it into an empty environment, start it
	@sh .ci/build

clean: ## Remove everything that was made here
	rm -rf $(VENV) .venv-wheel build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
