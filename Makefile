# Careline: the words one types. Everything else is in docs/.
PYTHON ?= python3
export RASA_TELEMETRY_ENABLED = false

.PHONY: run test lint train bench soak doctor lock

run:
	@$(PYTHON) -m processes.prepare
	@exec .venv/bin/python -m processes.supervise

test:
	@$(PYTHON) -m processes.prepare --tests
	@bot/.venv/bin/python -m pytest -q -p no:cacheprovider -W ignore tests/bot
	@bot/.venv/bin/python -m pytest -q -p no:cacheprovider -W ignore tests/language
	@.venv/bin/python -m pytest -q -m "not soak" -n 2 --dist loadfile --timeout 600 $(TESTS)

lint:
	@$(PYTHON) -m processes.prepare --tests --lint
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

train:
	@$(PYTHON) -m processes.prepare
	@$(PYTHON) -m processes.model

bench:
	@$(PYTHON) -m processes.prepare --tests
	@.venv/bin/python -m bench $(BENCH)

soak:
	@$(PYTHON) -m processes.prepare --tests
	@.venv/bin/python -m pytest -q -m soak

doctor:
	@.venv/bin/python -m processes.doctor

lock:
	.tools/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements.lock
	.tools/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	.tools/bin/uv pip compile -q --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.10 bot/requirements.in -o bot/requirements.lock
