# `make demo` runs a whole small study, `make test` checks everything. Both install what they need.
OBSERVER ?= scripted
# Processes that share the tests, a file each: what a file makes once is made once.
WORKERS ?= 2
PY := .venv/bin/python
# Where a machine forbids it, each of the hundreds of processes would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo visualisations rehearse test test-thorough lint setup setup-dev

help:
	@echo "make demo                  a whole small study, and a page that leads to its images, trials, sessions and report"
	@echo "make demo OBSERVER=human   the same, with you as its two participants"
	@echo "make visualisations        a ranking of visualisation methods against photographs, by four scripts and by machines"
	@echo "make rehearse              a whole Experiment I at speed, with drawn stand-ins for its images"
	@echo "make test                  style and all tests"
	@echo "make test-thorough         the same with 50 kills, 1,000 damaged and 900 simulated studies, all screens (some 50 minutes)"
	@echo "make lint                  style, contracts between modules, types"

# Their steps stand in tools/walk/walks.py.
demo visualisations rehearse: setup
	@$(PY) -m tools.walk $@ --observer="$(OBSERVER)"

test: setup-dev lint
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-thorough: setup-dev lint
	KILLS=50 MARKED=200 FUZZ=1000 EXAMPLES=100 STUDIES=300 FLASHES=100 SCREENS=all WEB=all $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	PYTHONPATH=. $(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	$(PY) -m mypy --num-workers $(WORKERS)

setup:
	@tools/setup.sh requirements.txt

setup-dev:
	@tools/setup.sh requirements-dev.txt
