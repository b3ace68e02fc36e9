.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# Commands that tests start find the package compiled.
export PYTHONDONTWRITEBYTECODE :=
# Tests of style and texts, of bits, of compiled kernels, and those that run the same
# lines on many tables, see neither more lines nor more of other packages.
STYLE := api docs
AGAIN := report_browser goldens kernel_ways matrix calibration chance_columns
OLDEST := $(foreach name,$(STYLE) $(AGAIN),--ignore=tests/test_$(name).py)
COVERED := $(OLDEST) --ignore=tests/test_common.py
# What has a target of its own is left out elsewhere.
ONCE := not compiles and not tables and not browser and not dask and not learn
# How scikit-learn 1.6 lists its checks breaks rules of newer versions of pytest.
OLDEST_SETTINGS := PYTEST_ADDOPTS="-o strict_parametrization_ids=false -W 'ignore:Passing a non-Collection iterable'"
.PHONY: help install demo test tables browser dask learn kernels coverage test-oldest lint type docs bench clean

help: ## show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("mifs needs Python 3.11 or newer: name one, as in make demo PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.core: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --editable ".[all]" --group dev
	@touch .venv/.core $@

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

warm-%: .venv/.core
	$(BIN)/python tests/warm.py $*

# Kernels are compiled on the core that lint and types leave idle.
test: .venv/.installed ## lint, types, tests, doctests and examples
	$(MAKE) --jobs=2 --output-sync --no-print-directory warm-counts lint type warm-neighbours warm-others
	$(BIN)/pytest -n 2 -m "$(ONCE)"

tables: .venv/.installed ## the same lines on many more real tables and parameters
	$(BIN)/pytest -n 2 -m tables tests

browser: .venv/.installed ## the report in headless Chromium (Debian: chromium, chromium-driver)
	$(BIN)/pytest -m browser tests/test_report_browser.py

kernels: .venv/.installed ## the answers of kernels in every way of compiling them
	$(BIN)/pytest -n 2 -m compiles tests/test_kernel_ways.py

.venv/.dask: .venv/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group dask
	@touch $@

dask: .venv/.dask ## fits on the workers of a cluster on this machine
	$(BIN)/python tests/warm.py counts
	$(BIN)/pytest -n 2 --dist loadfile -m dask tests

.venv/.learn: .venv/.installed
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group learn
	@touch $@

learn: .venv/.learn ## networks that are trained, by jax
	$(BIN)/python tests/warm.py others
	$(BIN)/pytest -n 2 --dist loadscope -m learn

.venv-oldest/.installed: pyproject.toml tests/oldest.py
	$(PYTHON) -m venv .venv-oldest
	$(PYTHON) tests/oldest.py > .venv-oldest/lowest.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	.venv-oldest/bin/uv pip install --quiet --python .venv-oldest/bin/python --requirement .venv-oldest/lowest.txt --group test
	.venv-oldest/bin/uv pip install --quiet --python .venv-oldest/bin/python --no-deps --editable .
	@touch $@

# Style and texts are those of the newest versions: `make test` looks at them. Both
# targets are one run: lines are those that tests see at the lowest versions.
coverage: .venv-oldest/.installed ## branch coverage outside the kernels, at least 97 %
	$(OLDEST_SETTINGS) .venv-oldest/bin/pytest -n 2 -m "$(ONCE)" tests $(COVERED) --cov --cov-report=term:skip-covered

test-oldest: coverage ## the tests at the lowest versions that pyproject.toml allows
	$(OLDEST_SETTINGS) .venv-oldest/bin/pytest -n 2 -m "$(ONCE)" tests/test_common.py

# A page that did not change gives no warning: the site is built from nothing.
.venv/.docs: .venv/.learn
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group docs
	@touch $@

docs: .venv/.docs ## the site in docs/_build/html, its examples run, its links followed
	$(MAKE) --jobs=2 --no-print-directory warm-counts warm-neighbours warm-others
	rm -rf docs/_build docs/generated
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -d docs/_build/doctrees docs docs/_build/html
	$(BIN)/pytest docs/test_site.py docs/test_claims.py

bench: .venv/.installed ## speed beside the peers (installs them)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench
	$(BIN)/python benchmarks/bench_select.py

clean: ## remove what was built
	rm -rf docs/_build docs/generated .venv .venv-oldest dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
