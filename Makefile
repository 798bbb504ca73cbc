# Every verb of the project; `make` alone prints them. Needs: make, Python 3.10 or newer, the package registries. Each target sets
# up what it needs, once: .venv/ holds the packages, .cache/ the downloaded jars and the other PySparks.

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

# One live driver after another: apart, lest `make test` outgrow its 25 minutes. The faults inside the JVM stay there.
AGENT_TESTS := $(addprefix tests/spark/,faults runtime agent/test_conf_doors.py agent/test_dormant.py agent/test_python_doors.py)

# The runner of certifications: a dozen applications, some of which die on purpose. Apart for its time, as the agent's are.
CERTIFY_TESTS := tests/spark/certify

# ENGINE@SPARK of the matrices in docs/certified, and how often each fixture is run for them.
REPEATS ?= 1
CERTIFIED ?= comet@3.5.9 comet@4.1.4 none@3.5.9 none@4.0.5 none@4.1.4

# No JVM in these: as many at once as there are cores.
APART := $(addprefix tests/,unit architecture docs service)

CARDS := .cache/adaptivecards

# It speaks only where it fails.
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input

WITH_JAVA = JAVA_HOME="$$($(BIN)/python harness/find_java.py)" && export JAVA_HOME &&

.PHONY: help demo test agent certify certified check jars sbt matrix fuzz vectors fmt docs bench startup overhead ingest pages torture clean lint types layers unit jars-fetched cards-fetched

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: jars cards-fetched ## Run real Spark jobs with a native engine, then show what clusop finds in their log
	@$(WITH_JAVA) $(BIN)/python harness/demo.py

test: lint types layers jars jars-fetched ## Everything CI runs: check, jars, vectors, corpus, install, service, Spark, browser (under 25 min)
	@$(BIN)/python -m pytest -q -n auto $(APART)
	@$(WITH_JAVA) $(BIN)/python -m pytest $(foreach folder,$(AGENT_TESTS) $(CERTIFY_TESTS) $(APART),--ignore=$(folder))

agent: jars jars-fetched ## The agent on live Spark: every door, every fault (about 19 min; apart from make test for its time)
	@$(WITH_JAVA) $(BIN)/python -m pytest tests/spark/agent tests/spark/faults tests/spark/runtime

certify: jars jars-fetched ## Certify Comet with every fixture, then test the runner: killed half-way, engines that crash, the notebook
	@$(WITH_JAVA) $(BIN)/python harness/certify.py --engine comet
	@$(WITH_JAVA) $(BIN)/python -m pytest $(CERTIFY_TESTS)

certified: jars ## Make every matrix of docs/certified anew: Comet and plain Spark, on each Spark that has them (2 h)
	@for one in $(CERTIFIED); do $(WITH_JAVA) $(BIN)/python harness/certify.py --engine $${one%@*} --spark $${one#*@} \
	  --fresh --repeats $(REPEATS) --keep docs/certified || exit 1; done

check: lint types layers unit ## Lint, types, layers and unit tests (under 2 min, no JVM)

jars: $(DEV) $(SPARK) ## Build the listener's two jars, where their sources changed (needs only pip and a JVM)
	@$(WITH_JAVA) $(BIN)/python harness/build_jars.py

sbt: jars ## Check the format, build and test the listener with sbt, and compare its jars with ours
	@$(WITH_JAVA) $(BIN)/python harness/run_sbt.py scalafmtCheckAll +test +package
	@$(BIN)/python harness/compare_jars.py

matrix: jars ## Arm on Spark 3.3 to 4.3 by every door, and see every query: make matrix SPARK_VERSIONS="3.5.9 4.0.5"
	@$(WITH_JAVA) $(BIN)/python harness/matrix.py $(SPARK_VERSIONS)

fuzz: jars ## Ask Scala and Python the same questions: make fuzz COUNT=20000 SEED=1
	@$(WITH_JAVA) $(BIN)/python harness/fuzz.py $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED))

vectors: $(DEV) ## Write Python's answers to the vectors in tests/vectors; look at the difference before committing it
	@$(BIN)/python harness/vectors.py write

fmt: $(DEV) ## Format the code and mend what ruff can mend
	@$(BIN)/ruff format src tests harness hatch_build.py
	@$(BIN)/ruff check --fix src tests harness hatch_build.py

docs: $(DEV) ## Write the generated pages and check all pages
	@$(BIN)/python harness/write_pages.py
	@$(BIN)/python -m pytest -q tests/docs

bench: $(DEV) ## Measure speed: start, plans, and with LOG=FILE an event log (zstd)
	@$(BIN)/python harness/bench_plans.py
	@$(if $(LOG),$(BIN)/python harness/bench_eventlog.py '$(LOG)',echo "name an event log to measure its reader: make bench LOG=FILE")

startup: jars ## Measure what the start line costs a Python outside Spark: 300 rounds of starts, two floors, the line alone
	@$(BIN)/python harness/overhead/startup.py

ingest: $(DEV) ## Count what ingest costs beside a bare program, and judge it: 100,000 signals, then 900,000 more
	@$(BIN)/python harness/bench_ingest.py --signals 100000 --more 900000

pages: $(DEV) ## Count what every page costs with a million signals stored, and judge it (files of 5 GB, some minutes)
	@$(BIN)/python harness/bench_pages.py

torture: $(DEV) ## Kill service, agents and senders while a million signals arrive and cards leave, then count (10 min)
	@$(BIN)/python harness/torture.py --signals 1000000 --kills 20

overhead: jars ## Measure what the agent costs in the driver: make overhead LOG=FILE (an event log to replay)
	@$(WITH_JAVA) $(BIN)/python harness/overhead/measure.py $(if $(LOG),--log '$(LOG)')

clean: ## Remove everything that was built or downloaded here
	rm -rf $(VENV) .cache build dist demo-out spark-warehouse metastore_db derby.log
	rm -rf scala/target scala/project/target scala/project/project src/clusop/jars
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .schemathesis
	find src tests harness -name __pycache__ -type d -prune -exec rm -rf {} +

lint: $(DEV)
	@$(BIN)/ruff check src tests harness hatch_build.py
	@$(BIN)/ruff format --check src tests harness hatch_build.py

types: $(DEV)
	@$(BIN)/mypy

layers: $(DEV)
	@$(BIN)/lint-imports

unit: $(DEV)
	@$(BIN)/python -m pytest -q -n auto -m 'not spark and not corpus' tests/unit tests/architecture tests/docs tests/vectors

# The script says what it could not fetch; what needs it is then left out, visibly.
jars-fetched: $(DEV) $(SPARK) cards-fetched
	@$(WITH_JAVA) $(BIN)/python harness/prepare.py

# What Teams renders cards with, for the test that looks at them in a browser; without npm it is skipped, visibly.
cards-fetched:
	@test -d $(CARDS)/node_modules/adaptivecards || { command -v npm >/dev/null && \
	  npm install --silent --no-audit --no-fund --prefix $(CARDS) adaptivecards@3.0.6 markdown-it@14; } || \
	  echo "  no npm here, or no registry: the cards are not looked at in a browser"

$(BIN)/python:
	@found="$$(PYTHON='$(PYTHON)' sh harness/find_python.sh)" && echo "Making $(VENV) with $$found" && \
	  { "$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 1; }; }

$(DEV): pyproject.toml hatch_build.py $(wildcard clusop_autoload.*) | $(BIN)/python
	@echo "Installing clusop and its development tools into $(VENV) (once)"
	@$(PIP) -e '.[all,dev]'
	@touch $@

$(SPARK): harness/requirements.txt | $(DEV)
	@echo "Installing Spark for the demo and the Spark tests into $(VENV) (once; about 400 MB)"
	@$(PIP) -r harness/requirements.txt
	@touch $@
