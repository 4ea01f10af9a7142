# Yett's front desk: `make help` says what there is. Each target sets up .venv by itself, from Python >= 3.11 and pip.
# PYTHON=... chooses the interpreter, ARGS=... is handed on.

SHELL := /bin/sh
PYTHON ?=
ARGS ?=
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
OWN := $(INSTALL) --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help serve test federated check lint audit bench fuzz demo proto reference baseline lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

serve: .venv/serve.stamp ## the gateway on 127.0.0.1:8000 with the built-in stub model, in development mode
	@$(BIN)/yett serve $(ARGS)

test: ## lint, types, import contracts, then the whole suite
	@$(MAKE) --no-print-directory -j 2 lint federated
	$(BIN)/python -m pytest -n 2 $(ARGS)

federated: .venv/federated.stamp ## the tests of federated learning, whose library goes with no other: in .venv/federated
	.venv/federated/bin/python -m pytest tests/adapters/federation

lint: .venv/test.stamp ## what can be said without running anything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

audit: .venv/test.stamp ## look for weak code and for credentials that should not be here
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	$(BIN)/detect-secrets-hook --baseline .secrets.baseline --no-verify $$(git ls-files) || [ $$? -eq 3 ]  # 3: lines moved

baseline: .venv/test.stamp ## accept what audit calls a credential, after looking at it
	$(BIN)/detect-secrets scan --no-verify --exclude-files '^(requirements/.*\.lock|\.secrets\.baseline)$$' > .secrets.new
	mv .secrets.new .secrets.baseline

check: audit test ## all of it: audit and test

bench: .venv/test.stamp ## what it costs; ARGS=policy runs one
	$(BIN)/python -m bench $(ARGS)

fuzz: .venv/fuzz.stamp ## bytes that break promises, FUZZ_SECONDS=60 of looking for each border; ARGS=guard for one
	$(BIN)/python -m fuzz $(ARGS) --seconds $(or $(FUZZ_SECONDS),60)

demo: .venv/test.stamp ## attacks against a live gateway, and what became of them
	@$(BIN)/python -m yett.testing.demo $(ARGS)

proto: .venv/test.stamp ## write what is generated from proto/ again
	$(BIN)/python -m grpc_tools.protoc --proto_path=yett/v1=proto --python_out=.venv --pyi_out=.venv yett/v1/policy.proto
	mv .venv/yett/v1/policy_pb2.py .venv/yett/v1/policy_pb2.pyi src/yett/doors/grpc/

reference: .venv/test.stamp ## write docs/reference again, from the code
	$(BIN)/python -m tests.house.reference

clean: ## back to a fresh clone, the data folder excepted
	rm -rf .venv .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The locks are for every supported Python, on Linux and macOS; an index or a path of this machine never enters them.
lock: .venv/lock.stamp ## pin and hash again what pyproject.toml asks for
	@for use in serve test federated; do \
	    case $$use in test) extra="--extra test";; federated) extra="--extra federated --group federation";; *) extra="";; esac; \
	    { echo "# What \`make $$use\` installs: every package pinned and hashed. Written by \`make lock\` from pyproject.toml."; \
	      $(BIN)/uv pip compile pyproject.toml $$extra --group build --universal --python-version 3.11 --generate-hashes \
	        --no-header --no-annotate --no-emit-index-url --quiet $(ARGS); } > requirements/$$use.new || exit 1; \
	    mv requirements/$$use.new requirements/$$use.lock; \
	done
	@{ echo "# What \`make fuzz\` installs beside what the tests need: pinned and hashed. Written by \`make lock\` from pyproject.toml."; \
	  $(BIN)/uv pip compile --group fuzz --universal --python-version 3.11 --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --quiet $(ARGS); } > requirements/fuzz.new
	@mv requirements/fuzz.new requirements/fuzz.lock

.venv/serve.stamp: requirements/serve.lock | .venv/bin/python
	@echo "installing yett (once)"
	@$(INSTALL) --require-hashes --requirement requirements/serve.lock
	@$(OWN)
	@touch $@

.venv/test.stamp: requirements/test.lock | .venv/bin/python
	@echo "installing yett and what its tests need (once)"
	@$(INSTALL) --no-compile --require-hashes --requirement requirements/test.lock
	@$(OWN)
	@touch $@ .venv/serve.stamp

.venv/federated.stamp: requirements/federated.lock .venv/test.stamp
	@echo "installing yett and what federated learning needs (once)"
	@$(BIN)/python -m venv --without-pip .venv/federated
	@$(BIN)/python -m pip --python .venv/federated/bin/python install --quiet --disable-pip-version-check \
	    --no-compile --no-deps --require-hashes --requirement requirements/federated.lock
	@$(BIN)/python -m pip --python .venv/federated/bin/python install --quiet --disable-pip-version-check \
	    --no-deps --no-build-isolation --editable .
	@touch $@

.venv/fuzz.stamp: requirements/fuzz.lock .venv/test.stamp
	@echo "installing what fuzzes (once)"
	@$(INSTALL) --require-hashes --requirement requirements/fuzz.lock
	@touch $@

.venv/lock.stamp: | .venv/bin/python
	@$(INSTALL) uv
	@touch $@

# Debian's Python comes without ensurepip until python3-venv is installed; its pip, where there is one, can stand in.
.venv/bin/python:
	@for name in $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found="$$name" && break; \
	done; \
	if [ -z "$$found" ]; then \
	    echo "yett needs python 3.11 or later and found none; install it, or say where it is: make PYTHON=/path/to/python3" >&2; \
	    exit 2; \
	fi; \
	"$$found" -m venv .venv >/dev/null 2>&1 && exit 0; \
	rm -rf .venv; \
	"$$found" -m venv --without-pip .venv >/dev/null 2>&1 \
	    && "$$found" -m pip --python .venv/bin/python install --quiet --disable-pip-version-check \
	        --require-hashes --requirement requirements/pip.lock && exit 0; \
	rm -rf .venv; \
	echo "$$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv (elsewhere: a python with ensurepip, or pip >= 22.3)" >&2; \
	exit 2
