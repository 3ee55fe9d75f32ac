# Each target does its own set-up in .venv: Python 3.11 or newer, its venv module and make are enough.
#   make demo     the bot and a Messenger of its own, in your browser
#   make test     the tests, in some six minutes
#   make check    format, lint, types, browser, tests, and the long ones: whatever is killed
#   make bench    measure, beside baselines        make soak    long counts
#   make format   mend format and lint             make lock    pin the packages anew
#   make clean    remove everything that was built; your data and keys stay

PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --no-input
# uv writes the lock files; every platform and every Python from 3.11 on finds its hashes in them.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
           --no-header --no-annotate

# A test waits about half its time, for the other side of a connection: so two for each core.
WORKERS  := $(shell $(PYTHON) -c "import os; print(2 * (os.cpu_count() or 1))")
PARALLEL := -n $(WORKERS) --dist worksteal

.PHONY: demo test check browser long bench soak format lock clean setup
.DEFAULT_GOAL := test

demo: $(VENV)/.run
	$(VENV)/bin/chatmagico demo

test: $(VENV)/.dev
	$(PY) -m pytest $(PARALLEL) -m "not soak and not browser and not long"

check: $(VENV)/.dev
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(MAKE) browser
	$(MAKE) test
	$(MAKE) long

long: $(VENV)/.dev
	$(PY) -m pytest $(PARALLEL) -m "long and not soak"

browser: $(VENV)/.dev
	$(PY) -m pytest -m browser

bench: $(VENV)/.dev
	$(PY) -m benchmarks

soak: $(VENV)/.dev
	$(PY) -m pytest -m soak
	$(PY) -m benchmarks --only broadcast_size --broadcast-among 1000000 --must-meet

format: $(VENV)/.dev
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: install it first."; exit 2; }
	$(COMPILE) --group build -o requirements-build.lock
	$(COMPILE) pyproject.toml --extra postgresql --extra fast --group build -o requirements.lock
	$(COMPILE) pyproject.toml --extra postgresql --extra fast --group build --group dev \
	  -o requirements-dev.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage
	find bot flows storage tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + \
	  2>/dev/null || true

setup: $(VENV)/.dev

# A package that comes as source only is built with the pinned build tools, so they go first.
# The warning that is left out tells only that the installation is an editable one: it is meant so.
define install
	@echo "Installing the packages of $(1) into $(VENV) ..."
	@$(PIP) install --quiet --no-build-isolation --require-hashes -r requirements-build.lock && \
	 $(PIP) install --quiet --no-build-isolation --require-hashes -r $(1) && \
	 PYTHONWARNINGS="ignore:Editable installation" \
	 $(PIP) install --quiet --no-build-isolation --no-deps -e . || { \
	  echo "The packages of $(1) could not be installed: pip says above what is missing."; exit 2; }
	@touch $@
endef

$(VENV)/.run: requirements-build.lock requirements.lock pyproject.toml | $(VENV)/.made
	$(call install,requirements.lock)

# What development needs holds all that running needs, so one of the two stamps serves both.
$(VENV)/.dev: requirements-build.lock requirements-dev.lock requirements.lock pyproject.toml \
              | $(VENV)/.made
	$(call install,requirements-dev.lock)
	@touch $(VENV)/.run

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "$(PYTHON) is missing: install Python 3.11 or newer (Debian: apt-get install python3)," \
	    "or name yours: make PYTHON=/path/to/python"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$(PYTHON) is too old: Python 3.11 or newer is needed." \
	    "If you have one, name it: make PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "$(PYTHON) lacks its venv module: install it" \
	    "(Debian, Ubuntu: apt-get install python3-venv)"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@touch $@
