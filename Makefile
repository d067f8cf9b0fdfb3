# Every target sets up what it needs; nothing has to be installed by hand first.
PY := .venv/bin/python
PORT ?= 8000
.PHONY: setup packages demo test lint bench clean

setup: packages .venv/ready

packages:
	@sh .ci/packages $(PACKAGES)

.venv/ready: pyproject.toml constraints.txt
	python3 -m venv .venv
	.venv/bin/pip install -q --disable-pip-version-check -c constraints.txt -e '.[server,s3,dev]'
	@touch $@

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy gifting livestream config
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

test: setup
	$(PY) -m pytest
	$(PY) -m tests.postgres

bench: setup
	$(PY) -m tests.benchmarks

clean:
	rm -rf .venv var
