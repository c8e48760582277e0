# The two commands of the README are `make demo` and `make test`; each begins with the set-up of what is missing.

# Where rustup puts cargo, so that a shell that was opened before the set-up finds it too.
export PATH := $(PATH):$(HOME)/.cargo/bin

CARGO ?= cargo

# Tests wait for much of their time: two for each core left a fifth of it idle.
export RUST_TEST_THREADS ?= $(shell expr 3 '*' $$(getconf _NPROCESSORS_ONLN))

.PHONY: demo install test bench lint docs validate-docs release-dry-run test-release setup

## Build, start the sandbox, and walk through the life of an endpoint and a rule.
demo: setup
	$(CARGO) build --locked --workspace --bins
	scripts/demo.sh

## Build as a release is built, and install it for this user, where `terraform init` finds it.
install: setup
	$(CARGO) build --locked --release --bin terraform-provider-squadcast
	scripts/install.sh $${CARGO_TARGET_DIR:-target}/release/terraform-provider-squadcast

## Run all tests: unit, contract, docs and acceptance, the last both straight to Kapacitor and through Chronograf. With
## TRANSPORT=direct or TRANSPORT=chronograf, or against a real server, only that one way. Our own code is optimized a little,
## by which the tests take two thirds of the time; `cargo test` does without, since a build after an edit takes a third then.
test: export CARGO_PROFILE_DEV_OPT_LEVEL ?= 1
test: setup
	$(CARGO) test --locked --workspace
ifeq ($(TRANSPORT)$(KAPACITOR_URL)$(CHRONOGRAF_URL),)
	TRANSPORT=chronograf $(CARGO) test --locked --workspace --test acceptance -- $(BOTH_WAYS_ALREADY)
endif

# What chooses its own way to the server, and so would only be repeated, or plants credentials of Kapacitor itself, which do
# not go with Chronograf (secret_search; secrets does its part of the work both ways). The fault table takes minutes, so that
# its way through Chronograf is left to TRANSPORT=chronograf.
BOTH_WAYS_ALREADY := --skip aliases:: --skip authentication:: --skip fault_table:: --skip secret_search:: --skip tls::

## Measure the provider beside Terraform's built-in resource, and the parser; on the sandbox, or on KAPACITOR_URL.
bench: setup
	$(CARGO) bench --locked --bench provider
	$(CARGO) bench --locked --manifest-path benches/tickscript/Cargo.toml

## What CI checks besides the tests.
lint: setup
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

## Write docs/ anew from the schema and the examples; `make test` fails where they differ.
docs: setup
	UPDATE_DOCS=1 $(CARGO) test --locked --test docs

## Check docs/ as the Terraform Registry does, with a tool that is a Go module.
validate-docs: setup
	$(CARGO) build --locked
	scripts/validate-docs.sh

## Build a release for the platforms that this machine can build for, and look at it as the Registry and Terraform do.
release-dry-run: setup
	scripts/setup.sh release
	scripts/release.sh dry-run
	$(MAKE) test-release

## Check the release in dist/.
test-release: setup
	RELEASE_FOLDER=$(CURDIR)/dist $(CARGO) test --locked --test release

setup:
	@scripts/setup.sh
