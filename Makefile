# Hookline: webhooks in, WhatsApp out.
# SPDX-License-Identifier: Apache-2.0
#
# The verbs of this project; CI runs `make test` and nothing else. `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Where build products go; `make test SCRATCH=/somewhere` shares one folder between checkouts.
SCRATCH ?= .build
SWIFT_FLAGS := --scratch-path $(SCRATCH) --explicit-target-dependency-import-check error
DEBUG_BIN := $(SCRATCH)/debug
RELEASE_BIN := $(SCRATCH)/release
SOURCES := Package.swift Sources Tests $(wildcard Benchmarks)
BENCH_FLAGS := --scratch-path $(SCRATCH)-bench -c release

# Where `make numbering-plans` writes; another path makes a file for `numbering_plans` of the configuration.
PLANS ?= Sources/CPhoneNumber/numbering-plans.bin

.PHONY: help setup setup-test build release test check format format-check crash-test chaos demo demo-cluster deb deb-test image image-test site run bench clean embedded numbering-plans numbers-agreement

help: ## List the verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: ## Install the system packages that are missing (apt; sudo only where it is not root)
	@./deploy/setup.sh

setup-test: ## Install what the tests need beyond that: a browser, nginx, openssl, PostgreSQL, python3-venv, …
	@./deploy/setup.sh test

build: setup ## Build everything, tests included, for debugging
	swift build $(SWIFT_FLAGS) --build-tests

release: setup ## Build the optimised command: .build/release/hookline
	swift build $(SWIFT_FLAGS) -c release --product hookline

format: ## Rewrite the sources in the project's format
	swift format --in-place --recursive --parallel $(SOURCES)

format-check: ## Fail when a source is not in the project's format, a function too long, or an arrow between targets unexplained
	swift format lint --strict --recursive --parallel $(SOURCES)
	python3 Tests/house_check.py --self-test && python3 Tests/house_check.py
	python3 Benchmarks/Scale/scale.py --self-test
	python3 Tests/Chaos/chaos.py --self-test

# Other people's programs drive the command while the tests are built.
test: setup setup-test format-check ## Everything CI checks: format, build without warnings, every test
	swift build $(SWIFT_FLAGS) --product hookline
	$(DEBUG_BIN)/hookline rules check rules --templates Sources/Sandbox/Resources/templates.json
	$(DEBUG_BIN)/hookline rules test rules
	./Tests/Interop/beside.sh $(DEBUG_BIN)/hookline $(SCRATCH)/interop swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --disable-xctest

check: test ## The same as `make test`

# What `make crash-test` does: a few kills come with all tests.
EVENTS ?= 60000
KILLS ?= 40

crash-test: build ## Kill the service KILLS times (40) while EVENTS events (60000) come in, alone and in sequences; nothing may be lost
	CRASH_EVENTS=$(EVENTS) CRASH_KILLS=$(KILLS) swift test $(SWIFT_FLAGS) --skip-build --disable-xctest \
	    --filter 'AcceptanceTests\.Crash(Recovery|Sequence)Tests'

# What `make chaos` does: eight faults come with all tests. KINDS=node-killed,… chooses, RATE is events a second.
FAULTS ?= 200
SEED ?= 1
RATE ?= 150
KINDS ?=
chaos: EVENTS = 100000

chaos: ## FAULTS faults (200) beneath three nodes on PostgreSQL while EVENTS events (100000) come in; nothing may be lost
	@./deploy/setup.sh chaos
	swift build $(SWIFT_FLAGS) --product hookline
	python3 Tests/Chaos/chaos.py $(DEBUG_BIN)/hookline --faults $(FAULTS) --events $(EVENTS) --seed $(SEED) --rate $(RATE) \
	    --kinds "$(KINDS)"

# Builds what it runs and no test; `make test` goes on from there.
demo: setup ## A signed payment becomes a WhatsApp message, on this machine, and everything is cleaned up
	swift build $(SWIFT_FLAGS) --product hookline
	@./deploy/demo.sh $(DEBUG_BIN)/hookline

demo-cluster: ## Three nodes on a PostgreSQL, one killed on the way, every message accounted for; cleans up
	@./deploy/setup.sh cluster
	swift build $(SWIFT_FLAGS) --product hookline
	@./deploy/demo-cluster.sh $(DEBUG_BIN)/hookline

deb: setup ## Make Debian packages of this commit: .build-deb/deb/hookline_VERSION_ARCH.deb
	@./deploy/setup.sh deb
	@./deploy/deb.sh $(SCRATCH)-deb

deb-test: deb ## Try the packages: lintian, install, run, upgrade, remove and purge in a Debian of their own (as root)
	@./deploy/deb-test.sh $(SCRATCH)-deb

image: ## Build the image of deploy/Containerfile with podman or docker: hookline:VERSION
	@./deploy/image.sh

image-test: deb ## Try the image: read-only, its health check, its end, on a file and on a PostgreSQL (as root, with podman)
	@./deploy/setup.sh image
	@./deploy/image-test.sh $(SCRATCH)-deb/deb

site: ## Make a site of the documentation, with search and without a server: .build-site/site/README.html
	@./deploy/site/build.sh $(SCRATCH)-site

run: release ## Run the service with hookline.yaml of this folder
	$(RELEASE_BIN)/hookline serve

bench: setup ## Run the benchmarks in Benchmarks/ and print their tables
	@./Benchmarks/run.sh "$(BENCH_FLAGS)"

numbering-plans: ## Renew the numbering plans from PyPI's newest phonenumbers; PLANS=FILE writes another file
	rm -rf $(SCRATCH)/numbering-plans && mkdir -p $(SCRATCH) && python3 -m venv $(SCRATCH)/numbering-plans
	cd $(SCRATCH)/numbering-plans && bin/pip install -q --disable-pip-version-check phonenumbers && \
	    bin/pip download -q --disable-pip-version-check --no-deps --dest wheels phonenumbers
	$(SCRATCH)/numbering-plans/bin/python Sources/CPhoneNumber/make_numbering_plans.py $(PLANS) \
	    $(SCRATCH)/numbering-plans/wheels/*.whl

embedded: ## List anew which files are built in, after a rule, sample or template of the console came or went
	./Sources/CEmbeddedFiles/make_index.py

numbers-agreement: release ## Hold 2 × 100,000 random phone numbers against PyPI's newest phonenumbers
	./Tests/PhoneNumbersTests/Agreement/run.sh $(RELEASE_BIN)/hookline $(SCRATCH)/numbers-agreement

clean: ## Remove build products
	rm -rf $(SCRATCH) $(SCRATCH)-bench
