# Carnet: `make serve` and `make test` are all you need.
PYTHON ?= python3
BIN = .venv/bin
INSTALLED = .venv/installed

.PHONY: serve test lint bench soak lock clean

serve: $(INSTALLED)
	@trap : INT; $(BIN)/carnet serve --demo || [ $$? -eq 130 ] # after Ctrl-C the server has said what there is to say

test: lint
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist worksteal

lint: $(INSTALLED)
	@$(BIN)/ruff check .
	@$(BIN)/mypy

bench: $(INSTALLED)
	@$(BIN)/python -m $(if $(BESIDE),tests.benchmarks.compare_commits $(BESIDE),tests.benchmarks.run)

soak: $(INSTALLED)
	@CARNET_SOAK=1 $(BIN)/python -m pytest -s -v --hypothesis-show-statistics tests/soak tests/test_sending_again.py \
		tests/resolvers/test_segments_at_once.py tests/resolvers/test_segments_generated.py \
		tests/resolvers/test_segments_concurrent_changes.py tests/schema/test_mutation_filters.py

lock: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev --no-annotate \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into .venv, which takes a minute the first time …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
