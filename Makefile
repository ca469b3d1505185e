# What can be done here. `make` alone lists it.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install spark spark-installed demo test check lint format types imports docs bench bench-care bench-decisions bench-facts bench-models bench-sources bench-peers segment kills ledger sabotage clean offers

# The first Python of a version we support that really starts (a shim may stand there and not run).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; raise SystemExit(not (3, 11) <= sys.version_info < (3, 15))' \
	2>/dev/null && { echo "$$p"; break; }; done)
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
DEMO_HOME ?= .demo
TESTS ?= tests
# A file of tests stays on one processor: its shop is made once. In their own order: the long ones
# (shop, trust) before the short ones (unit), so that both processors end together.
PYTEST_ARGS ?= -n 2 --dist loadfile --no-loadscope-reorder
# A test that waits for ever says where it waits, and the others go on.
HANGS = -o faulthandler_timeout=600 -o faulthandler_exit_on_timeout=true

export UV_PYTHON_DOWNLOADS := never
# Where the system keeps certificates, a company's own among them, those count.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt),true,false)

help: ## what can be done
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do \
		printf '  make %-15s %s\n' "$$name" "$$words"; done

install: .venv/.installed ## a .venv with everything, what the tests need too

.venv/.installed: requirements.lock pyproject.toml | $(UV)
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" .venv
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

$(UV):
	@test -n "$(PYTHON)" || { echo "huitou needs Python 3.11 or newer: apt-get install python3"; exit 1; }
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools uv==$(UV_VERSION)

spark-installed: install ## Spark beside the rest: `make test` then tries it too, where Java is
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-spark.lock

spark: spark-installed ## the same facts on Spark (needs Java), and their contract test
	HUITOU_REQUIRE=$${HUITOU_REQUIRE:-java} $(BIN)/python -m pytest tests/contract/test_engines.py

demo: install ## a real shop, its five answers, and the console
	$(BIN)/huitou --home $(DEMO_HOME) demo

test: install ## all tests but the long targets below
	$(BIN)/python -m pytest $(TESTS) $(PYTEST_ARGS) $(HANGS)

check: lint types imports docs ## all of CI but the tests

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m tools.lints

types: install
	$(BIN)/mypy

imports: install
	$(BIN)/lint-imports

docs: install ## build the pages into site/
	$(BIN)/python -m tools.reference --check
	$(BIN)/mkdocs build --quiet --strict

format: install ## put the code in order, and write the generated pages and the SQL of facts anew
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m tools.reference
	$(BIN)/python -m tools.golden

bench: install ## seconds and megabytes, from a file of orders to the plan
	$(BIN)/python -m tools.bench

bench-care: install ## figures of complaints, causes, texts, alarms, fixes and harm
	$(BIN)/huitou bench care

bench-decisions: install ## figures of plans: how near the best, for how many, at what cost
	$(BIN)/huitou bench decisions

bench-facts: install ## ten million customers: every metric anew, one more day
	$(BIN)/huitou bench facts

bench-models: install ## figures of forecasts: published anchors, small shops, seconds; beside peers if installed
	$(BIN)/huitou bench models

bench-sources: install ## events a second over HTTP, on the disk before they are answered
	$(BIN)/huitou bench sources

segment: .peers/segment/.installed ## Segment's own libraries, installed apart, tell a running huitou (needs Node)
	$(BIN)/python -m pytest tests/known/test_segment_libraries.py tests/known/test_segment_in_a_page.py -n 0

bench-peers: .peers/causal/.installed .peers/models/.installed ## beside causalml, econml, lifetimes, clvkit (installs them, apart)
	@$(BIN)/huitou bench decisions worlds hillstrom; told=$$?; $(BIN)/huitou bench models && exit $$told

# xgboost names a library of graphics cards that nothing here needs: the lock leaves it out, and
# --no-deps lets it. Written by: $(UV) pip compile --universal --python-version 3.11 --generate-hashes
# --no-emit-index-url --no-annotate --no-header --no-emit-package nvidia-nccl-cu12
# --no-emit-package nvidia-nccl-cu13 -o requirements-peers-causal.lock requirements-peers-causal.in
.peers/causal/.installed: requirements-peers-causal.lock | install
	@test -x .peers/causal/bin/python || $(UV) venv --quiet --python "$(PYTHON)" .peers/causal
	$(UV) pip install --quiet --python .peers/causal/bin/python --no-deps --require-hashes -r requirements-peers-causal.lock
	@touch $@

# Written by: $(UV) pip compile --universal --python-version 3.11 --generate-hashes
# --no-emit-index-url --no-annotate --no-header -o requirements-peers-models.lock requirements-peers-models.in
.peers/models/.installed: requirements-peers-models.lock | install
	@test -x .peers/models/bin/python || $(UV) venv --quiet --python "$(PYTHON)" .peers/models
	$(UV) pip install --quiet --python .peers/models/bin/python --require-hashes -r requirements-peers-models.lock
	@touch $@

# Two locks, for two registries; neither names a host: whoever installs decides where from.
# Written by: $(UV) pip compile --universal --python-version 3.11 --generate-hashes
# --no-emit-index-url --no-annotate --no-header -o requirements-peers-segment.lock
# requirements-peers-segment.in, and in tools/peers/segment by: npm install --package-lock-only
# --omit-lockfile-registry-resolved --ignore-scripts
.peers/segment/.installed: requirements-peers-segment.lock tools/peers/segment/package-lock.json | install
	@test -x .peers/segment/bin/python || $(UV) venv --quiet --python "$(PYTHON)" .peers/segment
	$(UV) pip install --quiet --python .peers/segment/bin/python --require-hashes -r requirements-peers-segment.lock
	cp tools/peers/segment/package.json tools/peers/segment/package-lock.json .peers/segment/
	cd .peers/segment && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

offers: install ## offers beside an oracle of dicts: 2,000 runs of 50 steps on each database
	HUITOU_OFFER_RUNS=2000 HUITOU_OFFER_STEPS=50 $(BIN)/python -m pytest tests/contract/test_offers.py -k oracle

kills: install ## 50 runs, the public pages and the door of events, killed at moments of all sorts
	$(BIN)/python -m pytest tests/trust tests/shop -m kills $(PYTEST_ARGS) -n 0

ledger: install ## 2,000 runs of 50 steps of points against a second bookkeeper, on both databases
	HUITOU_LEDGER=2000x50 $(BIN)/python -m pytest tests/contract/test_points_ledger.py -n 0

sabotage: install ## each chapter's output made a constant: the shop tests must turn red
	$(BIN)/python -m tools.sabotage

clean: ## forget what was made by running
	rm -rf .venv .tools .peers $(DEMO_HOME) site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
