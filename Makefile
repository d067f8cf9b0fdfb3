# Every target sets up what it needs; nothing has to be installed by hand first.
PY := .venv/bin/python
PORT ?= 8000
PARALLEL := -n 3 --dist loadfile
CATALOGS := $(patsubst %.po,%.mo,$(wildcard gifting/locale/*/LC_MESSAGES/django.po livestream/locale/*/LC_MESSAGES/django.po))
.PHONY: setup packages demo test lint bench messages clean

setup: packages .venv/ready $(CATALOGS)

packages:
	@sh .ci/packages $(PACKAGES)

.venv/ready: pyproject.toml constraints.txt
	python3 -m venv .venv
	.venv/bin/pip install -q --disable-pip-version-check -c constraints.txt -e '.[server,s3,mail,dev]'
	@touch $@

%.mo: %.po .venv/ready
	.venv/bin/pybabel -q compile -i $< -o $@

demo: export DEMO := 1
demo: export PUBLIC_BASE_URL ?= http://127.0.0.1:$(PORT)
demo: setup
	@LOG_LEVEL=WARNING $(PY) manage.py migrate --verbosity 0
	@LOG_LEVEL=WARNING $(PY) manage.py demo
	@$(PY) -m config.demo.run $(PORT)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --no-incremental gifting livestream config
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

test: PACKAGES := test
test: setup
	$(PY) -m pytest $(PARALLEL) --ignore=tests/browser
	$(PY) -m pytest tests/browser
	$(PY) -m tests.postgres $(PARALLEL)

bench: setup
	$(PY) -m tests.benchmarks

messages: setup
	cd gifting && ../$(PY) -m django makemessages --no-wrap --no-location --no-obsolete -l fr -l de -l es
	cd livestream && ../$(PY) -m django makemessages --no-wrap --no-location --no-obsolete -l fr -l de -l es

clean:
	rm -rf .venv var
