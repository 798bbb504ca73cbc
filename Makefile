# Every verb of the project; `make` alone prints them. Needs: make, Python 3.10 or newer, the package registries. Each target sets
# up what it needs, once: .venv/ holds the packages, .cache/ the downloaded jars.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VENV  := .venv
BIN   := $(VENV)/bin
# A particular interpreter for a new .venv: `make check PYTHON=python3.12`. Otherwise the first that is new enough.
PYTHON ?=

# Stamps: a package set is installed again only when the file that names it changes.
DEV   := $(VENV)/.installed-dev
SPARK := $(VENV)/.installed-spark

WITH_JAVA = JAVA_HOME="$$($(BIN)/python harness/find_java.py)" && export JAVA_HOME &&

.PHONY: help demo test check fmt docs bench clean lint types layers unit jars-fetched

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(DEV) $(SPARK) ## Run real Spark jobs with a native engine, then show what clusop finds in their log
	@$(WITH_JAVA) $(BIN)/python harness/demo.py

test: lint types layers jars-fetched ## Everything CI runs: check, corpus, install, docs, Spark, browser (under 25 min)
	@$(WITH_JAVA) $(BIN)/python -m pytest

check: lint types layers unit ## Lint, types, layers and unit tests (under 2 min, no JVM)

fmt: $(DEV) ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format src tests harness
	@$(BIN)/ruff check --fix src tests harness

docs: $(DEV) ## Write the generated pages and check all pages
	@$(BIN)/python harness/write_pages.py
	@$(BIN)/python -m pytest -q tests/docs

bench: $(DEV) ## Measure speed: start, plans, and with LOG=FILE an event log (zstd)
	@$(BIN)/python harness/bench_plans.py
	@$(if $(LOG),$(BIN)/python harness/bench_eventlog.py '$(LOG)',echo "name an event log to measure its reader: make bench LOG=FILE")

clean: ## Remove everything that was built or downloaded here
	rm -rf $(VENV) .cache build dist demo-out spark-warehouse metastore_db derby.log
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests harness -name __pycache__ -type d -prune -exec rm -rf {} +

lint: $(DEV)
	@$(BIN)/ruff check src tests harness
	@$(BIN)/ruff format --check src tests harness

types: $(DEV)
	@$(BIN)/mypy

layers: $(DEV)
	@$(BIN)/lint-imports

unit: $(DEV)
	@$(BIN)/python -m pytest -q -n auto tests/unit tests/architecture tests/docs

# The script says what it could not fetch; what needs it is then left out, visibly.
jars-fetched: $(DEV) $(SPARK)
	@$(WITH_JAVA) $(BIN)/python harness/prepare.py

$(BIN)/python:
	@found="$$(PYTHON='$(PYTHON)' sh harness/find_python.sh)" && echo "Making $(VENV) with $$found" && \
	  { "$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; }

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing clusop and its development tools into $(VENV) (once)"
	@$(BIN)/python -m pip install --disable-pip-version-check -e '.[all,dev]'
	@touch $@

$(SPARK): harness/requirements.txt | $(DEV)
	@echo "Installing Spark for the demo and the Spark tests into $(VENV) (once; about 400 MB)"
	@$(BIN)/python -m pip install --disable-pip-version-check -r harness/requirements.txt
	@touch $@
