# One command per recipe. On a fresh machine start with `infra/run dev` or `infra/run test`: they install what is missing.

set shell := ["bash", "-euo", "pipefail", "-c"]

export PATH := justfile_directory() / ".data/tools/bin:" + justfile_directory() / ".data/tools/node/bin:" + env("PATH")

# Where cargo puts binaries: recipes that run one build the whole workspace first, so that all share one feature set.
bin := env("CARGO_TARGET_DIR", justfile_directory() / "target") / "debug"

# The recipes
default:
    @just --list --unsorted

# Portal, sandbox and bundle, rebuilt and restarted on change; Ctrl-C stops everything
dev:
    node infra/dev.mjs

# Everything that CI runs
test: ci

# Everything, in the order that fails fastest
ci: fmt-check scripts machete deps deny lint check-wasm doc openapi-check nextest witnesses snapshots doctest web bundle-size browser

# Format the Rust code
fmt:
    cargo fmt --all

# Formatting, without changing anything
fmt-check:
    cargo fmt --all --check

# Shell scripts and the Dockerfile
scripts:
    infra/check-scripts

# Dependencies that no code uses
machete:
    cargo machete

# Who may depend on whom
deps:
    infra/check-deps

# Licences, banned crates and sources of all dependencies
deny:
    cargo deny check --hide-inclusion-graph bans licenses sources

# Known vulnerabilities in dependencies; fetches the advisory database, so it is not part of `ci`
advisories:
    cargo deny check advisories

# Clippy over everything, warnings denied
lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

# The web app and what it shares compile for the browser
check-wasm:
    cargo check --locked --target wasm32-unknown-unknown -p shared-types -p portal-web

# The documentation, warnings denied
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

# All binaries and tests of the workspace
build:
    cargo build --workspace --all-targets --locked

# Write the OpenAPI document
openapi: build
    infra/openapi write {{ bin }}/portal

# The committed OpenAPI document is what the code says
openapi-check: build
    infra/openapi check {{ bin }}/portal

# Write docs/UPSTREAMS.md, which a test of `nextest` compares with the code
upstreams:
    UPSTREAMS=write cargo test --locked --quiet -p contract-tests --test it the_document_is_what_the_code_says

# Unit and integration tests, on SQLite and on a Postgres and Redis of their own; arguments go to nextest
nextest *arguments:
    SNAPSHOT_REFERENCES={{ bin }}/snapshots.txt infra/nextest {{ arguments }}

# Clients of WHMCS and Salesforce that others wrote, against the sandbox; `just witnesses node whmcs` runs one of them
witnesses *arguments: build
    TEST_SANDBOX_BIN={{ bin }}/sandbox infra/witnesses {{ arguments }}

# Every snapshot file is used by a test; after a full `just nextest`
snapshots:
    infra/check-snapshots {{ bin }}/snapshots.txt

# Random input for everything that reads what others sent, so many seconds for each target: `just fuzz 300`
fuzz seconds="60":
    BOLERO_RANDOM_TEST_TIME_MS={{ seconds }}000 BOLERO_RANDOM_ITERATIONS=2000000000 cargo test --locked -p whmcs -p salesforce \
        -p sandbox --lib -- fuzz arbitrary_answers agrees_with_serde_json_on_anything no_more_than_the_cap_is_ever_held

# Examples in the documentation
doctest:
    cargo test --workspace --doc --locked

# The web bundle as it is shipped, into dist/
web:
    cargo run --locked -p xtask -- web --out dist

# The web bundle, quick to build, large, into dist/
web-dev:
    cargo run --locked -p xtask -- web --out dist --dev

# The bundle in dist/ keeps its budget
bundle-size:
    cargo run --locked -p xtask -- size --out dist

# Real Chromium against sandbox and portal with the bundle in dist/
browser: build
    TEST_PORTAL_BIN={{ bin }}/portal TEST_SANDBOX_BIN={{ bin }}/sandbox npm --prefix tests/browser --silent test

# Throughput, latency, memory and start-up against bare actix, in one run; needs wrk (docs/BENCHMARKS.md)
bench:
    infra/bench/run

# Whether the times of answers tell who has an account: known and unknown addresses, interleaved (docs/BENCHMARKS.md)
bench-enumeration:
    infra/bench/enumeration

# CPU of a call by each client against bare reqwest; the sandbox's throughput and memory; needs wrk (docs/BENCHMARKS.md)
bench-upstreams:
    infra/bench/upstreams
