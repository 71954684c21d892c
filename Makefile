# Every command there is. `make` alone lists them.
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: audit help setup setup-web setup-sso setup-spark setup-tryton setup-peers demo test test-all test-postgres test-cluster test-tryton ci lint types contracts house wheel lock format reference bench mutation clean

# The first Python that is new enough; `make PYTHON=… demo` names another.
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
endif
BIN := .venv/bin
WORKERS ?= 2
BROWSER ?= yes
PORT ?= 8000
PYTEST := $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder
NOT_SLOW := -m "not slow$(if $(filter no,$(BROWSER)), and not browser)"

help:  ## this list
	@echo "Fourfold. The commands are:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

setup:  ## the environment for working on Fourfold, in .venv, from pinned and hashed locks
	@$(if $(PYTHON),$(PYTHON),$(no_python)) .ci/setup.py dev

setup-web:  ## the same without the tools: what running it needs
	@$(if $(PYTHON),$(PYTHON),$(no_python)) .ci/setup.py web

setup-sso:  ## what running it with a directory needs: OpenID Connect, SAML, LDAP, SCIM
	@$(if $(PYTHON),$(PYTHON),$(no_python)) .ci/setup.py sso

setup-spark:  ## the same with Apache Spark (430 MB), for evaluating on a cluster; it also needs Java 17
	@$(if $(PYTHON),$(PYTHON),$(no_python)) .ci/setup.py spark

setup-tryton: setup  ## Tryton, an ERP, in an environment of its own, .tryton: tests of its connector ask it
	@test -x .tryton/bin/python || $(BIN)/python -m venv .tryton
	@cmp -s requirements/tryton.txt .tryton/installed.txt || \
	  .tryton/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/tryton.txt
	@cp requirements/tryton.txt .tryton/installed.txt

setup-peers: setup  ## statsforecast in an environment of its own, .peers: it needs an older pandas, and only a benchmark runs it
	@test -x .peers/bin/python || $(BIN)/python -m venv .peers
	@.peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/peers.txt
	@echo "Ready: make bench runs it beside ours."

no_python = echo "There is no Python 3.11 or newer here. Run:  sudo apt install python3 python3-venv"; exit 1;

demo: setup-web  ## the demo organisation in your browser; Ctrl-C ends it (PORT=8001: not on port 8000)
	@$(BIN)/fourfold demo --port $(PORT)

test: setup browser-$(BROWSER)  ## every test but the slow ones, on SQLite
	@echo "Tests on SQLite, $(WORKERS) at a time"
	@env -u DATABASE_URL $(PYTEST) $(NOT_SLOW)

test-all: setup browser-$(BROWSER)  ## every test, the slow ones too
	@echo "All tests on SQLite, $(WORKERS) at a time"
	@env -u DATABASE_URL $(PYTEST) $(if $(filter no,$(BROWSER)),-m "not browser")

test-postgres: setup browser-$(BROWSER)  ## the tests that touch the database, on PostgreSQL
	@$(BIN)/python .ci/postgres.py $(PYTEST) --database-only $(NOT_SLOW)

test-cluster: setup-spark  ## evaluation on a Spark cluster that the tests start here: a master and two workers
	@echo "Tests on a Spark cluster"
	@env -u DATABASE_URL $(BIN)/python -m pytest -q tests/connectors/spark

test-tryton: setup-tryton  ## the connector of Tryton, against one that the tests start here
	@echo "Tests on Tryton"
	@env -u DATABASE_URL $(BIN)/python -m pytest -q tests/connectors/tryton

ci: lint types contracts house audit test test-postgres test-cluster test-tryton wheel  ## all that must pass before a change goes in
	@echo "Everything passed."

lint: setup  ## ruff
	@echo "Lint"
	@$(BIN)/ruff check src tests benchmarks examples docs .ci

format: setup  ## sort imports and mend what ruff can mend
	@$(BIN)/ruff check --fix src tests benchmarks examples docs .ci

types: setup  ## mypy, strict
	@echo "Types"
	@$(BIN)/mypy

contracts: setup  ## which way imports may go
	@echo "Import contracts"
	@$(BIN)/lint-imports --no-logo

house: setup  ## the rules of the architecture, each a test
	@echo "House rules"
	@env -u DATABASE_URL $(BIN)/python -m pytest -q tests/house

audit: setup  ## what is installed is what is locked; licences; known holes where pip-audit is there to ask
	@echo "Audit"
	@$(BIN)/python .ci/audit.py

wheel: setup  ## build the wheel and try it in an empty environment
	@echo "Wheel"
	@$(BIN)/python .ci/wheel.py

LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --universal --python-version 3.11 \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links
EXTRAS := --extra dev --extra notebook --extra postgres --extra web --extra sso --extra saml
lock: setup  ## pin the newest versions that pyproject.toml allows (PACKAGE=name: only that one)
	@echo "Locks: all of it, then dev, sso, web and base as parts of it"
	@$(LOCK) $(if $(PACKAGE),--upgrade-package $(PACKAGE),--upgrade) --all-extras --group build -o requirements/spark.txt
	@$(LOCK) --upgrade -c requirements/spark.txt $(EXTRAS) --group build -o requirements/dev.txt
	@$(LOCK) --upgrade -c requirements/dev.txt --extra web --extra postgres --extra sso --extra saml --group build -o requirements/sso.txt
	@$(LOCK) --upgrade -c requirements/dev.txt --extra web --extra postgres --group build -o requirements/web.txt
	@$(LOCK) --upgrade -c requirements/dev.txt -o requirements/base.txt
	@$(subst pyproject.toml,--group mutation,$(LOCK)) --upgrade -c requirements/dev.txt -o requirements/mutation.txt
	@$(subst pyproject.toml,--group peers,$(LOCK)) $(if $(PACKAGE),--upgrade-package $(PACKAGE),--upgrade) -o requirements/peers.txt
	@$(subst pyproject.toml,--group tryton,$(LOCK)) $(if $(PACKAGE),--upgrade-package $(PACKAGE),--upgrade) -o requirements/tryton.txt

reference: setup  ## the reference pages and the JSON Schema that are made from the code
	@FOURFOLD_DATA=.cache $(BIN)/python docs/generate.py

bench: setup  ## the benchmarks, each a table with its ratio to a peer or a limit
	@for file in $$(grep -l __main__ benchmarks/*.py | grep -v mutation); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

mutation: setup  ## how many small faults planted in the engine its tests notice (half an hour)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/mutation.txt
	@$(BIN)/python benchmarks/mutation.py

clean:  ## remove what the commands made (the environment stays: rm -r .venv)
	@rm -rf build dist .demo .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache staticfiles
	@find src tests benchmarks examples -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Clean."

.PHONY: browser-yes browser-no
browser-yes: setup
	@.ci/browser
browser-no:
	@echo "Without the browser tests."
