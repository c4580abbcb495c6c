# `make demo` runs a whole small study, `make test` checks everything. Both install what they need.
OBSERVER ?= scripted
# Processes that share the tests, a file each: what a file makes once is made once.
WORKERS ?= 2
STUDY := demo
PY := .venv/bin/python

# A scripted observer needs no person in front of a screen: without one of X11 it gets a virtual one.
ifeq ($(shell uname)$(if $(WAYLAND_DISPLAY),,$(DISPLAY))$(filter human,$(OBSERVER)),Linux)
SCREEN := env -u WAYLAND_DISPLAY -u XDG_SESSION_TYPE xvfb-run -a -s "-screen 0 1920x1080x24 -noreset"
endif

.PHONY: help demo visualisations rehearse test test-thorough lint setup setup-dev

help:
	@echo "make demo                  a whole small study: images, trials, sessions, report"
	@echo "make demo OBSERVER=human   the same, with you as its two participants"
	@echo "make visualisations        a ranking of visualisation methods against photographs, by four scripts and by machines"
	@echo "make rehearse              a whole Experiment I at speed, with drawn stand-ins for its images"
	@echo "make test                  style and all tests"
	@echo "make test-thorough         the same with 50 kills, 1,000 damaged and 900 simulated studies (some 45 minutes)"
	@echo "make lint                  style, contracts between modules, types"

demo: setup
	$(PY) -m stimgen all $(STUDY)
	$(PY) -m conditions build $(STUDY) --participants 1-2
	$(PY) -m conditions check $(STUDY)
	$(SCREEN) $(PY) -m experiment screenshot $(STUDY) --participant 1 --trial 10 --out studies/$(STUDY)/screenshots/synthetic.png
	$(SCREEN) $(PY) -m experiment screenshot $(STUDY) --participant 2 --trial 11 --out studies/$(STUDY)/screenshots/natural.png
	$(SCREEN) $(PY) -m experiment run $(STUDY) --participant 1 --observer $(OBSERVER) --as-needed
	$(SCREEN) $(PY) -m experiment run $(STUDY) --participant 2 --observer $(OBSERVER) --as-needed
	$(PY) -m analysis report $(STUDY)
	@echo
	@echo "Done. Look at studies/$(STUDY)/stimuli/preview.html (images), studies/$(STUDY)/screenshots/ (trials) and studies/$(STUDY)/report/report.html (results)."

# Four participants: one for each order of the four kinds. Machines answer the trials of twenty, after
# whom orders and batches have met one another equally often.
visualisations: STUDY := visualisations
visualisations: setup
	$(PY) -m stimgen all $(STUDY)
	$(PY) -m conditions build $(STUDY) --participants 1-20
	$(PY) -m conditions check $(STUDY)
	for p in 1 2 3 4; do $(SCREEN) $(PY) -m experiment run $(STUDY) --participant $$p --observer $(OBSERVER) --script hasty --as-needed || exit; done
	$(PY) -m experiment machine $(STUDY) --participants all --embedding pixels --embedding efficientnet_lite0 --embedding oracle
	$(PY) -m analysis ranking $(STUDY)
	$(PY) -m analysis report $(STUDY)
	@echo
	@echo "Done. Look at studies/$(STUDY)/stimuli/preview.html (images), studies/$(STUDY)/report/ranking/ (the ranking) and studies/$(STUDY)/report/report.html (results)."

# A folder of its own for each rehearsal: a session is never begun twice.
rehearse: ROOT := studies/rehearsals/$(shell date +%Y%m%dT%H%M%S)
rehearse: setup
	$(PY) -m experiment rehearsal experiment_1 --fast --root $(ROOT)
	$(SCREEN) $(PY) -m experiment run $(ROOT)/rehearsal_experiment_1 --participant 1 --observer scripted --script hasty
	$(PY) -m experiment status $(ROOT)/rehearsal_experiment_1

test: setup-dev lint
	$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-thorough: setup-dev lint
	KILLS=50 FUZZ=1000 EXAMPLES=100 STUDIES=300 FLASHES=200 $(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

lint: setup-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	PYTHONPATH=. .venv/bin/lint-imports --no-logo
	$(PY) -m mypy --num-workers $(WORKERS)

setup:
	@tools/setup.sh requirements.txt

setup-dev:
	@tools/setup.sh requirements-dev.txt
