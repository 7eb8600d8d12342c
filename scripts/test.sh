#!/usr/bin/env bash
# `make test`, which is all of CI: every part runs even when an earlier one failed, and the last line adds up their tests.
# Under CI=true nothing is skipped; elsewhere a missing PostgreSQL or Chromium skips its part, loudly.
set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"
. "$root/scripts/web.sh"
cd "$root" || exit 1

passed=0 failed=0 skipped=0
table=() told=()
reports=$(mktemp -d)
postgres=$(mktemp -d)
clean_up() {
  "$root/scripts/postgres.sh" stop "$postgres"
  rm -rf "$reports"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# check NAME COMMAND...: a part that passes or fails as one.
check() {
  local name=$1 start=$SECONDS code=0
  shift
  say "$name"
  "$@" || code=$?
  if ((code == 0)); then tally "$name" "$start" 1 0 0; else tally "$name" "$start" 0 1 0; fi
}

# suite NAME RUNNER COMMAND...: a part whose tests are counted from the report that the command writes to the path it is given last.
suite() {
  local name=$1 runner=$2 start=$SECONDS code=0 report ok bad left
  shift 2
  report=$reports/$runner-${#table[@]}
  : >"$report"
  say "$name"
  "$@" "$report" || code=$?
  read -r ok bad left <<<"$(node scripts/count-tests.mjs count "$runner" "$report" || echo 0 1 0)"
  # A runner that stopped before its tests, or that found none, is a failure of its own.
  if ((bad == 0 && (code != 0 || ok == 0))); then bad=1; fi
  ((bad == 0)) || told+=("✗ $name"$'\n'"$(node scripts/count-tests.mjs failures "$runner" "$report")")
  tally "$name" "$start" "$ok" "$bad" "$left"
}

# missing NAME: what the part needs is not here: a failure under CI, else skipped.
missing() {
  if in_ci; then tally "$1" "$SECONDS" 0 1 0; else tally "$1" "$SECONDS" 0 0 1; fi
}

# cannot NAME WHY: what this machine is not made for, also in CI.
cannot() {
  printf '%s\n' "$2" >&2
  tally "$1" "$SECONDS" 0 0 1
}

tally() {
  local name=$1 elapsed=$((SECONDS - $2)) verdict=✓
  passed=$((passed + $3)) failed=$((failed + $4)) skipped=$((skipped + $5))
  if (($4 > 0)); then verdict=✗; elif (($3 == 0)); then verdict='— 跳过 SKIPPED'; fi
  table+=("$(printf '%s %s: %d passed, %d failed, %d skipped, %d s' "$verdict" "$name" "$3" "$4" "$5" "$elapsed")")
  printf '%s\n\n' "${table[-1]}"
}

to_report() { "${@:1:$#-1}" | tee "${!#}"; }
in_web() { (cd web && npm run --silent "$@"); }
in_e2e() { (cd e2e && npm run --silent "$@"); }
web_unit_tests() { in_web test -- --reporter=default --reporter=json --outputFile.json="$1"; }
browser_tests() { YIZHI_BIN=$target/debug/yizhi PLAYWRIGHT_JSON_OUTPUT_FILE=$1 in_e2e test -- --reporter=list,json; }
documentation() { RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --quiet; }

need_toolchain
suite '脚本 scripts' node to_report node --test --test-reporter=spec scripts/count-tests.test.mjs

check '网页依赖 web packages' npm_packages web
check '网页类型 web types' in_web typecheck
check '网页规范 web lint' in_web lint
suite '网页单元测试 web unit tests' vitest web_unit_tests
check '网页构建 web build' web_build
mkdir -p web/dist

check '格式 Rust formatting' cargo fmt --all --check
check '静态检查 clippy' cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
check '程序 binary' cargo build --locked --package yizhi-server --bin yizhi
if url=$(scripts/postgres.sh start "$postgres"); then
  export YIZHI_TEST_POSTGRES=$url
  databases='SQLite + PostgreSQL'
else
  missing 'PostgreSQL'
  databases='SQLite 仅 only'
fi
suite "Rust 测试 Rust tests, $databases" cargo to_report cargo test --locked --workspace --no-fail-fast
unset YIZHI_TEST_POSTGRES
if python=$(find_python); then
  PYTHONPATH=$(pymerkle "$python")
  export PYTHONPATH
  check '另一种语言核对账本 the ledger checked from Python' "$python" scripts/ledger_check_test.py
  check '核对运行中的账本 the ledger of a running server checked from Python' env YIZHI_BIN="$target/debug/yizhi" "$python" scripts/ledger_served_test.py
else
  missing '另一种语言核对账本 the ledger checked from Python'
fi
if python=$(find_python) && SCHEMATHESIS=$(find_schemathesis "$python"); then
  export SCHEMATHESIS
  check '接口与说明一致 the API answers as it is described' env YIZHI_BIN="$target/debug/yizhi" "$python" scripts/api_described_test.py
else
  missing '接口与说明一致 the API answers as it is described'
fi
if ! can_be_apart; then
  cannot '照文档部署、备份、恢复 the documented set-up, played' '需要 root 和 mount、net、pid 命名空间。It takes root and name spaces of mounts, network and processes.'
elif find_setup && find_postgres >/dev/null && python=$(find_python); then
  check '照文档部署、备份、恢复 the documented set-up, played' env YIZHI_BIN="$target/debug/yizhi" "$python" scripts/setup_played_test.py
else
  missing '照文档部署、备份、恢复 the documented set-up, played'
fi
check '文档 documentation' documentation
# The tidy tests read the same allow list, so licences are checked with or without cargo-deny.
! have cargo-deny || check '许可证 licences' cargo deny --offline check licenses sources bans

if CHROMIUM=$(find_chromium); then
  export CHROMIUM
  check '浏览器测试依赖 browser test packages' npm_packages e2e
  check '浏览器测试类型 browser test types' in_e2e typecheck
  suite '浏览器测试 browser tests' playwright browser_tests
else
  missing '浏览器测试 browser tests'
fi

printf '%s\n' "${table[@]}"
printf '共用时 elapsed: %d min %02d s\n' $((SECONDS / 60)) $((SECONDS % 60))
# What failed comes last: it is what somebody looks for who has only the end of a log.
((${#told[@]} == 0)) || printf '%s\n' "${told[@]}"
total="$passed passed, $failed failed"
((skipped == 0)) || total+=", $skipped skipped"
echo "$total"
((failed == 0))
