.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
.PHONY: help install demo test lint type doctest check bench clean

help: ## show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("mifs needs Python 3.11 or newer: name one, as in make demo PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.core: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev
	@touch $@ .venv/.core

install: .venv/.installed ## create .venv and install mifs with its developer tools

demo: .venv/.core ## rank the features of a real table
	$(BIN)/python examples/demo.py

lint: .venv/.installed ## style, spelling and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell README.md CHANGELOG.md CONTRIBUTING.md docs mifs tests examples benchmarks
	$(BIN)/lint-imports

type: .venv/.installed ## strict types
	$(BIN)/mypy

test: .venv/.installed lint type ## lint, types, every test, doctests and examples
	$(BIN)/pytest -n 2

bench: .venv/.installed ## speed beside the peers (installs them)
	$(BIN)/python -m pip install --quiet --group bench
	$(BIN)/python benchmarks/bench_select.py

clean: ## remove what was built
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
