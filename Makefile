# Words for people; `make help` lists them. Everything is made in .venv and var/, nothing elsewhere.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard */locale/*/LC_MESSAGES/*.po))
# Nothing that lint does opens a connection; the settings only want to be told something.
NOWHERE := DATABASE_URL=postgresql://nobody@127.0.0.1:1/none REDIS_URL=redis://127.0.0.1:1/0
PRODUCTION := $(NOWHERE) DJANGO_SETTINGS_MODULE=marketplace.settings.production \
	SECRET_KEY=0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ \
	SITE_URL=https://nongsan.example ALLOWED_HOSTS=nongsan.example \
	SEPAY_SECRET=lint BANK_BIN=970436 BANK_ACCOUNT=0 BANK_ACCOUNT_NAME=LINT \
	MARKET_PHONE=0 MONEY_DESK_EMAIL=lint@nongsan.example DEFAULT_FROM_EMAIL=lint@nongsan.example EMAIL_HOST=nongsan.example

.PHONY: help install runtime run dev test lint format migrate demo stop clean bench torture walkthrough chromium

help:  ## show these words
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/dev.stamp $(CATALOGUES)  ## install everything, the tools of lint and test included

runtime: .venv/run.stamp $(CATALOGUES)  ## install what the market runs with and no more, for production

run: .venv/run.stamp $(CATALOGUES)  ## open the market at http://127.0.0.1:8000 (PORT=, HOST=)
	@exec $(BIN)/python -m marketplace.run

dev: .venv/run.stamp $(CATALOGUES)  ## the same with DEBUG, reloading when code changes
	@exec $(BIN)/python -m marketplace.run --dev

test: .venv/dev.stamp $(CATALOGUES) chromium  ## the whole suite, in parallel (ARGS= for pytest)
	@$(BIN)/python -m pytest --numprocesses logical $(ARGS)

lint: .venv/dev.stamp $(CATALOGUES)  ## every check that needs no database
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(NOWHERE) $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(NOWHERE) $(BIN)/python -W ignore manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(NOWHERE) $(BIN)/python .ci/untranslated.py

format: .venv/dev.stamp  ## put code in its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: .venv/run.stamp  ## bring the database up to date
	$(BIN)/python manage.py migrate

demo: .venv/run.stamp $(CATALOGUES)  ## fill the demo market (again: what is there stays)
	$(BIN)/python manage.py demo_market

stop: .venv/run.stamp  ## close a market that runs elsewhere, and its databases
	@$(BIN)/python -m marketplace.run.stop

clean: .venv/run.stamp  ## stop, then delete the databases, everything made, and .venv
	@$(BIN)/python -m marketplace.run.stop --erase
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache $(CATALOGUES)

bench: .venv/dev.stamp $(CATALOGUES)  ## measure our pages against a bare Django view
	@$(BIN)/python -m marketplace.bench $(ARGS)

torture: .venv/dev.stamp $(CATALOGUES)  ## attack the money and audit the books (ARGS=--small, STRICT=1)
	@$(BIN)/python -m marketplace.torture $(if $(STRICT),--strict) $(ARGS)

walkthrough: .venv/run.stamp  ## buy, pay, pack and ship once, over HTTP, in the market that runs (PORT=)
	@$(BIN)/python -m marketplace.demo.walkthrough http://127.0.0.1:$${PORT:-8000}

%.mo: %.po | .venv/run.stamp
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: install it, or name it with make PYTHON=…"; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null \
		|| { rm -rf .venv; echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }

.venv/run.stamp: requirements.txt | .venv/bin/python
	@echo "Installing the market's requirements …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/run.stamp
	@echo "Installing the tools …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "Installing Chromium for the browser tests …"; \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
				--no-install-recommends chromium fonts-noto-core >/dev/null \
				|| echo "Chromium could not be installed; the browser tests are skipped."; \
		fi
