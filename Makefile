# Everything that is set up goes into the ignored folders .venv, node_modules and .cache; nothing outside the repository.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory --jobs=2
SHELL := /bin/sh

CACHE := $(CURDIR)/.cache
export PIP_CACHE_DIR := $(CACHE)/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_USER := 0
export npm_config_cache := $(CACHE)/npm
export npm_config_update_notifier := false
export RUFF_CACHE_DIR := $(CACHE)/ruff
export UV_CACHE_DIR := $(CACHE)/uv
# What is imported again and again is compiled once, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE

IS_313 := import sys; sys.exit(sys.version_info[:2] != (3, 13))

# The first of these that runs, is 3.13 and can make a virtual environment (a pyenv shim may exist and not run).
PYTHON = $(shell for python in python3.13 python3 python "$$HOME"/.pyenv/versions/3.13.*/bin/python; do \
	"$$python" -c 'import venv, ensurepip; $(IS_313)' 2>/dev/null </dev/null \
	&& { echo "$$python"; break; }; done)
NODE_OK = $(shell command -v npm >/dev/null && \
	node -e 'process.versions.node.split(".")[0] >= 20 && console.log("yes")' 2>/dev/null)

NO_PYTHON = Python 3.13 with its venv module is missing: `pyenv install 3.13`, `apt install python3.13-venv` or \
	https://www.python.org/downloads/ (or name it: make PYTHON=/path/to/python3.13)
NO_NODE = Node.js 20 or newer with npm is missing (the storage emulator needs it): https://nodejs.org/ or \
	`apt install nodejs npm`

PY := .venv/bin/python
READY := .venv/ready
STORAGE := node_modules/.ready
BROWSER := $(CACHE)/browser/ready

# A .venv whose interpreter is gone (moved, upgraded) is made anew.
$(shell $(PY) -c '$(IS_313)' 2>/dev/null || rm -f $(READY))

.PHONY: help
help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

.PHONY: run
run: setup ## set everything up and take the sample drop from the inbox to the results queue, once
	@$(PY) -m local run

.PHONY: test
test: check sessions ## set everything up and run every check and test, side by side

.PHONY: sessions
sessions: setup $(if $(CI),,$(BROWSER))
	@$(PY) -m tests

.PHONY: coverage
coverage: setup ## print which lines and branches the tests beside the stacks never reach (twice as slow)
	@$(PY) -m coverage erase
	@$(PY) -m coverage run -m pytest $(foreach folder,behaviour browser e2e local,--ignore=tests/$(folder)); \
	$(PY) -m coverage report --skip-covered --skip-empty

.PHONY: check
check: $(READY) ## lint, formatting, types and the direction of imports
	@$(PY) -m ruff check --quiet .
	@$(PY) -m ruff format --quiet --check .
	@$(PY) -m mypy
	@$(PY) -c 'from importlinter.cli import lint_imports_command as run; run()' --cache-dir $(CACHE)/import-linter

.PHONY: verify
verify: $(READY) ## check a folder of CSV files offline: make verify DIR=samples/drop
	@$(PY) -m shared.verification $(if $(DIR),"$(DIR)")

.PHONY: bench
bench: setup ## print the benchmark tables
	@$(PY) -m benchmarks

.PHONY: soak
soak: setup ## strike both APIs' stacks 10,000 times for up to an hour, and check what came of it: make soak SOAK="--minutes 5"
	@nice -n 5 $(PY) -m tests.soak --api classic $(SOAK) & one=$$!; \
	nice -n 5 $(PY) -m tests.soak --api industryData $(SOAK); two=$$?; \
	wait $$one && test $$two -eq 0

# Microsoft's SDK is 700 MB large and has its own versions of what this project uses: an environment of its own.
GRAPH_SDK := $(CACHE)/graph-sdk

.PHONY: graph-sdk
graph-sdk: $(READY) $(GRAPH_SDK)/ready ## read the emulator with Microsoft's own SDK and compare all fields
	@$(PY) -m tests.graph_sdk $(GRAPH_SDK)/bin/python

$(GRAPH_SDK)/ready: tests/graph_sdk/requirements.txt | $(READY)
	@echo "Installing Microsoft's SDK into $(GRAPH_SDK) (some minutes) …" >&2
	@rm -rf $(GRAPH_SDK) && $(PY) -m venv $(GRAPH_SDK)
	@$(GRAPH_SDK)/bin/python -m pip install -qq --no-cache-dir --require-hashes -r tests/graph_sdk/requirements.txt
	@touch $@

# What is heavy, and not needed for a change of one's own: each set of tools in an environment of its own.
CHECKS := $(CACHE)/checks

$(CHECKS)/%/ready: infra/checks/%.txt | $(READY)
	@echo 'Installing the tools of infra/checks/$*.txt into $(CHECKS)/$* (some minutes) …' >&2
	@rm -rf $(CHECKS)/$* && $(PY) -m venv $(CHECKS)/$*
	@$(CHECKS)/$*/bin/python -m pip install -qq --no-cache-dir --no-deps --require-hashes -r $<
	@touch $@

.PHONY: infra-check
infra-check: $(CHECKS)/policies/ready $(CHECKS)/azure/ready ## hold the template against policies, and the pages' az commands against the CLI
	@$(CHECKS)/policies/bin/checkov --config-file infra/checks/checkov.yaml > $(CACHE)/policies.log; \
	passed=$$?; cat $(CACHE)/policies.log; test $$passed -eq 0
	@! grep -q 'Parsing errors' $(CACHE)/policies.log || { echo 'A part of the template was not read: see infra/checks/policies.overrides' >&2; exit 1; }
	@$(CHECKS)/azure/bin/python infra/checks/commands.py docs/deploy.md docs/operate.md samples/notify/README.md infra/after_deploy.py

.PHONY: audit
audit: $(CHECKS)/supply/ready ## ask for known vulnerabilities of all that is pinned; says so where nobody could be asked
	@$(CHECKS)/supply/bin/python infra/checks/audit.py

.PHONY: sbom
sbom: $(CHECKS)/supply/ready ## write the bill of materials of all that is pinned (CycloneDX) into .cache/sbom
	@mkdir -p $(CACHE)/sbom
	@PYTHONWARNINGS=ignore $(CHECKS)/supply/bin/cyclonedx-py requirements --output-reproducible --pyproject pyproject.toml --mc-type application \
		requirements.txt -o $(CACHE)/sbom/app.json
	@PYTHONWARNINGS=ignore $(CHECKS)/supply/bin/cyclonedx-py requirements --output-reproducible requirements-dev.txt -o $(CACHE)/sbom/development.json
	@npm sbom --package-lock-only --sbom-format cyclonedx > $(CACHE)/sbom/emulator.json
	@ls -l $(CACHE)/sbom

.PHONY: mutants
mutants: $(CHECKS)/mutants/ready ## put small faults into the code and see which no test notices: make mutants MUTANTS="--of verification --sample 60 --seed 7"
	@PYTHONPATH=$(CHECKS)/mutants/lib/python3.13/site-packages nice -n 10 $(PY) -m tests.mutants $(MUTANTS)

# What the tests in a real browser need, and nothing else does. In CI they are left out.
$(BROWSER): tests/browser/requirements.txt tests/browser/package-lock.json | $(READY) $(STORAGE)
	@echo 'Installing what the browser tests need into .cache/browser (some 400 MB, about a minute) …' >&2
	@rm -rf $(@D) && mkdir -p $(@D) && cp .npmrc tests/browser/package.json tests/browser/package-lock.json $(@D)
	@cd $(@D) && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null
	@$(PY) -m pip install -qq --no-cache-dir --no-deps --require-hashes --target $(@D)/python -r tests/browser/requirements.txt
	@touch $@

.PHONY: format
format: $(READY) ## format the code
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

.PHONY: schema
schema: $(READY) ## write the JSON schemas in docs anew
	@$(PY) -c 'import json, shared.results; print(json.dumps(shared.results.schema(), indent=2))' > docs/results.schema.json
	@$(PY) -c 'import json, shared.verification.output as it; print(json.dumps(it.schema(), indent=2))' \
		> docs/verification.schema.json

.PHONY: setup
setup: $(READY) $(STORAGE) ## set everything up and do nothing else
	@:

.PHONY: clean
clean: ## remove all that was set up, kept or cached
	rm -rf .venv node_modules .cache .data

# Both lists are of the whole tree of dependencies, with hashes; no registry's address gets into them.
LOCK = $(PY) -m uv pip compile --quiet --python-version 3.13 --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links $(LOCK_FLAGS)

.PHONY: lock
lock: $(READY) ## pin the Python packages anew (LOCK_FLAGS=--upgrade takes newer ones)
	@$(LOCK) requirements.in -o requirements.txt
	@$(LOCK) requirements-dev.in -o requirements-dev.txt
	@for tests in browser graph_sdk; do $(LOCK) tests/$$tests/requirements.in -o tests/$$tests/requirements.txt; done
	@$(LOCK) --override infra/checks/policies.overrides infra/checks/policies.in -o infra/checks/policies.txt
	@for tools in azure supply mutants; do $(LOCK) infra/checks/$$tools.in -o infra/checks/$$tools.txt; done

# uv, itself of the list, installs the rest in a tenth of pip's time; it reads no pip.conf, and where only that tells
# the way to the packages, pip does it.
PIP = $(PY) -m pip install -qq --no-cache-dir --no-compile --require-hashes

$(READY): requirements-dev.txt
	$(if $(PYTHON),,$(error $(NO_PYTHON)))
	@echo 'Installing the Python packages into .venv (some seconds) …' >&2
	@$(PY) -c '$(IS_313)' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@mkdir -p $(CACHE) && sed -n '/^uv==/,/[^\\]$$/p' $< > $(CACHE)/uv.txt
	@$(PIP) -r $(CACHE)/uv.txt
	@$(PY) -m uv pip install --quiet --python $(PY) --no-cache --require-hashes -r $< 2> $(CACHE)/uv.log || $(PIP) -r $<
	@touch $@

$(STORAGE): package-lock.json
	$(if $(NODE_OK),,$(error $(NO_NODE)))
	@echo 'Installing the storage emulator into node_modules …' >&2
	@npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null
	@touch $@
