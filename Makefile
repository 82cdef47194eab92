# Carnet: `make serve` and `make test` are all you need; `make check` before each commit.
PYTHON ?= python3
BIN = .venv/bin
INSTALLED = .venv/installed
GRAPHIQL = schema/server/graphiql
# Tests often wait, for PostgreSQL or for a server: three processes keep two cores busy.
PYTEST = $(BIN)/python -m pytest --numprocesses 3 --dist worksteal
QUICK_TESTS = tests/resolvers tests/schema/filter_descriptions tests/schema/server/test_readme.py tests/test_house.py \
	tests/test_french.py tests/test_documentation.py tests/test_schema_changes.py

# The tests start Python many times, which is faster with bytecode: it is written even if the environment forbids it.
export PYTHONDONTWRITEBYTECODE =

.PHONY: serve check test all-tests clients coverage lint bytecode format packages graphiql graphiql-with-npm bench soak lock clean

serve: $(INSTALLED)
	@trap : INT; $(BIN)/carnet serve --demo || [ $$? -eq 130 ] # after Ctrl-C the server has printed its last message

# Format, lint, types and the quick tests on SQLite, in about a minute.
check: lint
	@$(PYTEST) $(QUICK_TESTS) -m "not slow" -k "not postgresql"

# Everything, on SQLite and PostgreSQL. mypy takes a minute of one core: it runs beside the tests.
test: $(INSTALLED)
	@$(MAKE) --no-print-directory --jobs 2 lint all-tests

all-tests: bytecode
	@$(PYTEST)

# The same tests with the coverage of statements and branches; fails below the floor in pyproject.toml.
coverage: $(INSTALLED)
	@$(PYTEST) --cov --cov-report=term

lint: $(INSTALLED)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

# Compiles the modules with the assertions of the tests once, instead of once in each process of pytest. What does not
# compile is reported by the tests.
bytecode: $(INSTALLED)
	@$(BIN)/python -m pytest --collect-only --quiet >/dev/null 2>&1 || true

format: $(INSTALLED)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# GraphiQL 5 from its packages, whose hashes npm checks. Without it, an older version of an installed package is used.
graphiql:
	@mkdir -p .venv/graphiql
	@cp $(addprefix $(GRAPHIQL)/,package.json package-lock.json .npmrc build.js graphiql.js) .venv/graphiql
	@cd .venv/graphiql && npm ci --loglevel=error && node build.js built
	@rm -rf $(GRAPHIQL)/built
	@mv .venv/graphiql/built $(GRAPHIQL)/built
	@rm -rf .venv/graphiql

bench: $(INSTALLED)
	@$(BIN)/python -m $(if $(BESIDE),tests.benchmarks.compare_commits $(BESIDE),tests.benchmarks.run)

soak: $(INSTALLED)
	@CARNET_SOAK=1 $(BIN)/python -m pytest -s -v --hypothesis-show-statistics tests/soak tests/attacks \
		tests/test_repeated_requests.py \
		tests/resolvers/segments/test_concurrency.py tests/resolvers/segments/logging/test_concurrent_changes.py \
		tests/resolvers/segments/logging/test_generated.py tests/schema/execution/test_mutation_filters_generated.py \
		tests/schema/statistics tests/resolvers/statistics

# The recipes of the guide on clients. Installs client programs with npm and pip into .clients the first time.
clients: $(INSTALLED)
	@CARNET_CLIENTS=1 $(BIN)/python -m pytest -v tests/clients

lock: $(INSTALLED)
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --extra dev --no-annotate \
		--custom-compile-command "make lock" pyproject.toml --output-file requirements.lock

clean:
	rm -rf .venv .clients build $(GRAPHIQL)/built *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .bench .coverage*

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into .venv, which takes a minute the first time …"
	@$(PYTHON) -m venv .venv
	@$(MAKE) --no-print-directory --jobs 2 packages graphiql-with-npm
	@touch $@

# Most modules of the packages are never imported: only those that are imported are compiled, when they are.
packages:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

graphiql-with-npm:
	@if command -v npm >/dev/null; then $(MAKE) --silent graphiql || echo "GraphiQL 5 was not built; an older version is used."; fi
