# make chat – sett opp og start chatten; make test – sett opp og kjør alle tester.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --progress-bar on

.PHONY: chat test check eval bench encoder nynorsk lemmas

chat: $(VENV)/chat.installed
	@$(BIN)/navkb sync || [ $$? -eq 4 ]
	@$(BIN)/navkb chat

test: $(VENV)/test.installed
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest

check: $(VENV)/test.installed
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

eval: $(VENV)/chat.installed
	@$(BIN)/navkb sync || [ $$? -eq 4 ]
	@$(BIN)/navkb eval run
	@$(BIN)/navkb eval gate

bench: $(VENV)/test.installed
	@$(PIP) -c constraints.txt -e '.[bench]'
	@$(BIN)/python -m evals.bench $(LOVDATA)
	@NAVKB_TEST_KILLS=20 $(BIN)/pytest -n0 tests/ingest/test_killed.py

# LOVDATA=file:///…/lovdata leser arkivene derfra; PARALLEL=… legger til setningspar på bokmål og nynorsk.
LOVDATA ?= https://api.lovdata.no/v1/publicData
encoder: $(VENV)/test.installed
	@$(BIN)/python -m ingest.train_encoder corpus/manifest.toml $(LOVDATA) --parallel $(PARALLEL)

# Krever Debians apertium-nno-nob og wnorwegian, og en indeks («make chat» en gang).
nynorsk: $(VENV)/test.installed
	@$(BIN)/python -m ingest.nynorsk

# Krever en indeks («make chat» en gang): det er ordene i den som slås opp.
lemmas: $(VENV)/test.installed
	@$(PIP) -c constraints.txt -e '.[lemmas]'
	@$(BIN)/python -m ingest.lemmas

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "navkb trenger Python 3.11 eller nyere; prøv make PYTHON=python3.11"; exit 1; }
	@echo "Lager virtuelt miljø i $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/chat.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installerer navkb (noen minutter første gang) …"
	@$(PIP) -c constraints.txt -e .
	@touch $@

$(VENV)/test.installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installerer navkb med testverktøy (noen minutter første gang) …"
	@$(PIP) -c constraints.txt -e '.[llm,models,test]'
	@touch $@ $(VENV)/chat.installed
