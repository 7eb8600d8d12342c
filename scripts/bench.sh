#!/usr/bin/env bash
# `make bench`: every benchmark in bench/, one after another (together they would measure each other); ONLY=steps runs one.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"

need_toolchain
found=0
for script in "$root"/bench/${ONLY:-*}/run.sh; do
  [[ -f $script ]] || continue
  found=1
  say "基准测试 benchmark $(basename "$(dirname "$script")")"
  bash "$script"
done
((found)) || die "bench/ 里没有这个基准测试。There is no such benchmark in bench/: ${ONLY:-*}"
