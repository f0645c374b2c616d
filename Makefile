# Every command of this project. A target is a few lines over a real tool: read it here, or call the tool yourself.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# What `make test` runs, in this order: the cheap before the dear.
CHECKS := lint types unit unit-newest docs sanity integration molecule

.PHONY: help venv lab lab-down demo bench test test-long faults conformance $(CHECKS) imports clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' Makefile

venv: .venv/stamp ## .venv/ with every tool, kubernetes.core, and this checkout as a collection

.venv/stamp: requirements.txt tests/requirements.txt tests/install_collections.py
	$(PYTHON) -m venv --clear .venv
	.venv/bin/pip --disable-pip-version-check --quiet install -r tests/requirements.txt
	.venv/bin/python tests/install_collections.py
	touch $@

lab: venv ## three real Kubernetes clusters on this machine: hub, east, west (as root; builds what is missing)
	python -m tests.lab up
	python -m tests.lab build --link-tools .venv/bin

lab-down: venv ## end them, leaving nothing behind
	python -m tests.lab down

demo: lab ## a real Cassandra over the three clusters: rows written in dc1, read in dc2
	ansible-playbook k8ssandra.operator.site -i inventories/lab
	ansible-playbook k8ssandra.operator.status -i inventories/lab
	python -m tests.demo

bench: venv ## what runs cost, against kubernetes.core and kubectl, into docs/benchmarks.md (ends the lab of this checkout)
	python -m benchmarks

test: venv ## everything but what takes very long
	@for check in $(CHECKS); do \
	  printf '\n==> make %s\n' $$check; started=$$SECONDS; \
	  $(MAKE) --no-print-directory $$check || { printf '==> %s FAILED after %d s\n' $$check $$((SECONDS - started)); exit 1; }; \
	  printf '==> %s passed in %d s\n' $$check $$((SECONDS - started)); \
	done

test-long: lab ## what takes minutes a test: upgrades under load, ten killed runs, a third datacenter, a fleet without the Internet
	pytest tests/integration tests/lab -m 'lab and long'

faults: lab ## what may go wrong on the way to a cluster, each for real: what was seen, and whether what must hold held
	pytest tests/integration/test_faults.py -m lab

conformance: lab ## what upstream's operator distributes, against what `control_plane: ansible` does: its fixtures and 500 generated inputs
	pytest tests/conformance -m lab

lint: venv imports ## ruff, yamllint, ansible-lint, and the law of imports
	ruff check .
	yamllint --strict .
	ansible-lint --offline --nocolor --strict

imports: venv ## the law of docs/architecture.md
	lint-imports --no-logo --no-cache

types: venv ## mypy --strict on _core and _kube
	mypy

unit: venv ## plain pytest: no cluster needed
	pytest

unit-newest: venv ## the same on the newest ansible-core, where a newer Python is found
	bash tests/newest.sh

sanity: venv ## ansible-test sanity, and proof that it looked
	python tests/sanity/run.py

docs: venv ## documentation, changelog, and the tarball that Galaxy would get
	antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs=all --skip-rstcheck .
	antsibull-changelog lint
	ansible-galaxy collection build --force --output-path .cache/dist

integration: lab ## our modules and playbooks on the real clusters, and a few inputs of `make conformance`
	pytest tests/integration tests/lab tests/conformance -m 'lab and not long'

molecule: lab ## one scenario a user story, on the same clusters
	molecule test --all

clean: ## remove what the targets made here (not the lab: `make lab-down`)
	rm -rf .venv .cache/bench .cache/dist .cache/mypy .cache/newest .cache/pytest .cache/sanity .import_linter_cache .ruff_cache .ansible
