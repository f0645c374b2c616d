# Every command of this project. Each target is a few lines over a real tool: read it, or call the tool yourself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)

.PHONY: venv
venv: .venv/stamp  ## .venv/ with every tool, kubernetes.core and this checkout as a collection

.venv/stamp: requirements.txt tests/requirements.txt tests/install_collections.py
	$(PYTHON) -m venv --clear .venv
	.venv/bin/pip --disable-pip-version-check --quiet install -r tests/requirements.txt
	.venv/bin/python tests/install_collections.py
	touch $@
