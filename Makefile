# One door. `make demo` shows it, `make test` proves it, `make check` is what CI runs.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check lint types contracts docs words bench lock clean

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements.lock
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

demo: $(VENV)/.installed
	$(BIN)/bearwitness demo

test: $(VENV)/.installed
	$(BIN)/pytest

check: lint types contracts test

lint: $(VENV)/.installed
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks

types: $(VENV)/.installed
	$(BIN)/mypy

contracts: $(VENV)/.installed
	$(BIN)/lint-imports

docs: $(VENV)/.installed
	$(BIN)/python docs/generate.py
	$(BIN)/python -m docs.references
	$(BIN)/python docs/run_tutorial.py

words: $(VENV)/.installed
	$(BIN)/python docs/words.py

bench: $(VENV)/.installed
	$(BIN)/python benchmarks/estimation.py

lock: $(VENV)/.installed
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) demo studies/*/output
