# The README's two commands are `make demo` and `make test`; each does all its own set-up in a fresh clone.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PARITY := .venv-checklist
DATA ?= ../shared/data
# Tests start hundreds of processes; where Python is told to keep no bytecode, each of them would compile all that it imports.
BYTECODE := -$(BIN)/python -m compileall -q harness suites adapters reports leaderboards

.PHONY: help demo test soak checklist-parity lint check fix bench clean

help: ## Show this help
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(READY): pyproject.toml constraints.txt tests/sample_plugin/pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev,hf,explain,behaviour,board,postgres,onnx,openvino]"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable tests/sample_plugin
	@touch $(READY)

demo: $(READY) ## The whole product on built-in data, offline; ends with the path of the report
	$(BIN)/benchwright demo

test: $(READY) ## Every test; those that need real benchmark files skip where ../shared/data is absent
	@$(BYTECODE)
	$(BIN)/pytest -q -n auto

soak: $(READY) ## The long forms: fifty kills, long simulations (about half an hour)
	@$(BYTECODE)
	$(BIN)/pytest -q -n auto -m soak

checklist-parity: ## Our judging against the package checklist itself, in an environment of its own
	$(PYTHON) -m venv $(PARITY)
	$(PARITY)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev,behaviour]" munch dill
	$(PARITY)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement tests/parity/checklist.txt
	$(PARITY)/bin/pytest -q -s tests/parity

lint: $(READY) ## Lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint ## Lint, then the fast tests
	$(BIN)/pytest -q -n auto -m "not slow and not realdata and not soak"

fix: $(READY) ## Mend what the linter can mend, and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## How fast benchwright is beside what people use today; writes benchmarks/results (DATA=DIR, BENCH="more options")
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[bench]"
	$(BIN)/python benchmarks/scoring.py
	$(BIN)/python benchmarks/fast_path.py --data $(DATA) --write $(BENCH)

clean: ## Remove what the build and the demo made
	rm -rf $(VENV) $(PARITY) benchwright-demo benchwright-results dist .mypy_cache .ruff_cache .pytest_cache
