# Needs Python 3.11 or newer, and make. Everything else goes to .venv, made once and kept up to date.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11 python,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable
ARGS ?=

# Whoever set this saves a few files, and every process that is started compiles everything again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help serve test check bench simulate crash chaos supply clean

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

serve: .venv/serves  ## start the server; ARGS=--help tells the settings
	@exec .venv/bin/hexroom serve $(ARGS)

test: .venv/tests  ## run the tests, some at a time; ARGS="tests/web -x" narrows them
	.venv/bin/python -m pytest -n auto --dist worksteal $(ARGS)

check: .venv/tests  ## format, lint and types
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m ruff check .
	.venv/bin/python -m mypy
	.venv/bin/python packaging/page_tools.py check

bench: .venv/tests  ## measure, beside the limits of the same run
	.venv/bin/python -m pytest -m benchmark -q -s tests/benchmarks $(ARGS)

simulate: .venv/tests  ## draw the curves of docs/explanation/scale.md from what bench measured
	.venv/bin/python -m tests.simulation

crash: .venv/tests  ## kill the server a hundred times under load; about ten minutes
	HEXROOM_CRASH_CYCLES=100 .venv/bin/python -m pytest -q tests/acceptance/test_crashes.py

chaos: .venv/tests  ## break a cluster at random for an hour, and check all promises; ARGS=--short: ten minutes
	.venv/bin/python -m tests.chaos $(ARGS)

supply: .venv/tests  ## audit what Hexroom brings; write its SBOM and licences to dist
	.venv/bin/python -m tests.supply $(ARGS)

clean:  ## remove .venv and what the tools left; never a database
	rm -rf .venv build node_modules *.egg-info .mypy_cache .ruff_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "This Python lacks its venv module; on Debian: apt install python3-venv"; exit 1; }

.venv/serves: setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing Hexroom into .venv ..."
	@$(INSTALL) .
	@touch $@

.venv/tests: .venv/serves
	@echo "Installing what tests and checks need into .venv ..."
	@$(INSTALL) '.[test,check]'
	@touch $@
