# The habits of this house. `make` or `make help` shows them.
SHELL := /bin/sh
BIN := .venv/bin
PACKAGES := $(patsubst %/pyproject.toml,%,$(wildcard libs/*/pyproject.toml services/*/pyproject.toml deploy/*/pyproject.toml))
SOURCES := $(addsuffix /src,$(PACKAGES))
STAMP := .venv/complete
BENCH_STAMP := .venv/complete-bench
ARGS ?=
# Tests that start every service as a process of its own, break servers of their own, or kill schedulers over a year.
PLATFORMS := tests/running tests/end_to_end tests/chaos tests/integration/disasters \
	$(wildcard tests/integration/*/test_simulated_year.py)
# Processes of `make test`. Most of a test's time is spent waiting, so more than there are cores. Files are handed out in
# their order, which puts the long ones first: sorted by their number of tests, the longest would come last and alone.
WORKERS ?= 3
IN_PARALLEL := --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 12 --durations-min 10
UPGRADE ?=
# Some machines have it set; then every start of a service would compile all its libraries anew, for three seconds.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run servers status reset clean test test-platforms races imports bench large chaos lint format types figures schemas clauses docs requirements transitions

help: ## this map
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## the virtual environment, from pinned and hashed requirements

$(STAMP): requirements/dev.txt requirements/uv.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@rm -f $(STAMP)
	@sh deploy/local/setup.sh $(PACKAGES)
	@touch $(STAMP)

run: $(STAMP) ## real Kafka, PostgreSQL, every service, a tenth of the history (HISTORY=whole for all), the table
	@$(if $(HISTORY),INSIEME_HISTORY=$(HISTORY) )$(BIN)/insieme-local run

servers: $(STAMP) ## Kafka and PostgreSQL of `make run` alone, for an operator's work while services are stopped
	@$(BIN)/insieme-local servers

status: $(STAMP) ## what runs now, and how much memory it holds
	@$(BIN)/insieme-local status

reset: $(STAMP) ## forget the data of `make run`
	@$(BIN)/insieme-local reset

clean: ## forget the data, the virtual environment and all that was fetched
	@if [ -x $(BIN)/insieme-local ]; then $(BIN)/insieme-local clean; fi
	@rm -rf .venv .local .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

test: $(STAMP) ## all that is fast enough for every change, on real servers (ARGS="-k words" for less)
	@$(BIN)/python -m pytest $(IN_PARALLEL) $(addprefix --ignore=,$(PLATFORMS)) $(ARGS)

test-platforms: $(STAMP) ## tests on whole platforms: personal data, kills, lost servers, `make run`, the pages that are followed
	@$(BIN)/python -m pytest $(IN_PARALLEL) $(PLATFORMS) $(ARGS)

races: $(STAMP) ## the invariants under many clients at once: ROUNDS=200 rounds each (`make test` runs 40)
	@INSIEME_RACE_ROUNDS=$(or $(ROUNDS),200) $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile -m race \
		--timeout 1800 -rP tests/integration $(ARGS)

imports: $(STAMP) ## files of ROWS=10000 rows of every kind: verdicts, a repetition, kill -9 in the middle, the time
	@INSIEME_IMPORT_ROWS=$(or $(ROWS),10000) $(BIN)/python -m pytest -rP tests/end_to_end/imports $(ARGS)

bench: $(BENCH_STAMP) ## every path beside its reference, on real servers: ratios (ARGS="--only append --rounds 3" for less)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

$(BENCH_STAMP): requirements/bench.txt $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $(BENCH_STAMP)

large: $(STAMP) ## a version rebuilt from EVENTS=1000000 while commands go on and a client reads
	@$(BIN)/python -m tests.large $(if $(EVENTS),--events $(EVENTS))

chaos: $(STAMP) ## faults on real services for SECONDS=600, then control runs; the same again with SEED=, one run with RUN=
	@$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED)) \
		$(if $(RUN),--run $(RUN)) $(if $(ONLY),--only $(ONLY)) $(if $(CONTROLS),--controls $(CONTROLS))

lint: $(STAMP) ## style, format, and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-logo

format: $(STAMP) ## put right what ruff can put right
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

types: $(STAMP) ## mypy, strict, on everything
	@$(BIN)/mypy $(SOURCES) tests

figures: $(STAMP) ## load the whole history on servers of its own and check the published cases
	@$(BIN)/insieme-demo figures

schemas: $(STAMP) ## write the JSON Schemas of every contract
	@$(BIN)/insieme schemas write

clauses: $(STAMP) ## every clause of the protocol with its code, its tests and its reads; writes docs/clauses.md
	@$(BIN)/python -m tests.clauses

transitions: $(STAMP) ## put on record which event leads from which state to which (SERVICES="funding" for less)
	@$(BIN)/python -m tests.transitions $(SERVICES)

docs: $(STAMP) ## write the pages that follow from declarations and from the transitions on record
	@$(BIN)/insieme metrics write
	@$(BIN)/python -m tests.service_pages

requirements: $(STAMP) ## pin the requirements again (UPGRADE=1 for newer versions)
	@for name in uv runtime local dev bench; do \
		echo "requirements/$$name.txt"; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-emit-find-links --no-header $(if $(UPGRADE),--upgrade) \
			requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
	done
