#!/usr/bin/env bash
# `make demo`: from a clone to a working platform in the browser. A second run only checks that nothing changed.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"
. "$root/scripts/web.sh"

need_toolchain
web_build || die "网页构建失败。The web interface did not build."
say "编译 yizhi（首次约需数分钟）compiling yizhi (minutes the first time)"
(cd "$root" && cargo build --locked --package yizhi-server --bin yizhi) || die "编译失败。yizhi did not compile."

arguments=(--data "${DATA:-$root/data/demo}" --listen "${LISTEN:-127.0.0.1:8080}")
[[ -z ${PLACE:-} ]] || arguments+=(--place "$PLACE")
say "启动演示 starting the demo on http://${LISTEN:-127.0.0.1:8080}"
# shellcheck disable=SC2086  # ARGS holds several words on purpose
exec "$target/debug/yizhi" demo "${arguments[@]}" ${ARGS:-}
