# What one does with this project. `make` alone lists it.

SHELL := /bin/bash
CACHE := $(or $(EPS_CACHE),$(HOME)/.cache/eps)
TOOLS := $(CACHE)/tools
export PATH := $(TOOLS)/bin:$(TOOLS)/python/bin:$(PATH)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

.PHONY: setup
setup: ## install what running needs (compiler, embedding model, ffmpeg)
	@scripts/setup run

.PHONY: demo
demo: setup ## build, load a simulated site and serve it on http://localhost:8000
	cargo build --release --locked --bin eps
	@exec target/release/eps demo

.PHONY: test
test: ## the whole test suite, against real servers
	@scripts/setup services
	cargo test --workspace --locked

.PHONY: services
services: ## the servers that the service can work with, on this machine, until Ctrl-C
	@scripts/setup services
	cargo build --workspace --locked --example services
	@exec target/debug/examples/services

.PHONY: check
check: ## format, lints, docs, licences and layer walls, spelling
	@scripts/setup check
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked
	cargo deny --log-level error --all-features --locked check bans licenses sources
	typos
	shellcheck scripts/setup scripts/check-shape scripts/eval scripts/fetch-model scripts/llm scripts/redis-versions .ci/run
	scripts/check-shape

.PHONY: llm
llm: setup ## a real language model of 135 M parameters behind the service: nothing false may come through
	@scripts/llm

.PHONY: bench
bench: setup ## the benchmarks
	cargo bench --workspace --locked

.PHONY: eval
eval: setup ## questions with known answers, asked of real servers (EPS_DATA adds a recorded site)
	cargo build --release --locked --bin eps
	scripts/eval $(ARGS)

.PHONY: fuzz
fuzz: setup ## hostile and mangled questions for FUZZ_SECONDS (600): no panic, none slower than 5 ms
	FUZZ_SECONDS=$${FUZZ_SECONDS:-600} cargo run --release --locked -p eps-domain --example fuzz-interpret

.PHONY: soak
soak: ## half an hour of mixed load while everything fails in turn (SOAK_SECONDS, SOAK_SEED)
	@scripts/setup services
	SOAK_SECONDS=$${SOAK_SECONDS:-1800} cargo test --release --workspace --locked --test it -- soak --nocapture

.PHONY: eval-retrieval
eval-retrieval: setup ## quality of search on public collections (needs EPS_DATA)
	cargo run --release --locked -p eps-adapters --example retrieval
