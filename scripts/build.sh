#!/usr/bin/env bash
# `make build` and `make run`: web interface and debug binary; with arguments, the binary is then run with them.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"
. "$root/scripts/web.sh"

need_toolchain
web_build || die "网页构建失败。The web interface did not build."
say "编译 yizhi compiling yizhi"
(cd "$root" && cargo build --locked --package yizhi-server --bin yizhi) || die "编译失败。yizhi did not compile."
(($# == 0)) || exec "$target/debug/yizhi" "$@"
