#!/usr/bin/env bash
# `make check`: the quick look while writing: formatting, clippy, the tidy tests, the web's types and lint. No database, no browser.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"
. "$root/scripts/web.sh"
cd "$root"

need_toolchain
npm_packages web
mkdir -p web/dist
cargo fmt --all --check
cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
cargo test --locked --quiet --package yizhi-server --test tidy
(cd web && npm run --silent typecheck && npm run --silent lint)
say "没有问题 all clean"
