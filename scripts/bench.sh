#!/usr/bin/env bash
# `make bench`: every benchmark in bench/, one after another (together they would measure each other); ONLY=steps runs one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"

need_toolchain
shopt -s nullglob
found=0
for script in "$root"/bench/${ONLY:-*}/run.sh; do
  found=1
  say "基准测试 benchmark $(basename "$(dirname "$script")")"
  bash "$script"
done
((found)) || die "bench/ 里没有 ${ONLY:-基准测试}。There is no benchmark ${ONLY:-} in bench/."
