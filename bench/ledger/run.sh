#!/usr/bin/env bash
# The ledger under load: durable records a second at the store beside a bare table, integration beside the same tree computed in memory, the time from a commit to
# the published checkpoint, what the ledger costs the steps of cases, proofs out of a log of ten million leaves, a whole check of a million records,
# and one of the files of attachments.
# See ../RESULTS.md for what came out.
#
#   bench/ledger/run.sh [--rounds 5] [--seconds 8] [--records 1000000] [--leaves 10000000] [--only durable,lag,apply,proofs,files]
#
# Works under YIZHI_BENCH_DIR (/var/tmp unless set), which must be a real disk: everything is written with fsync. About 5 GB.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/lib.sh"

rounds=5 seconds=8 records=1000000 leaves=10000000 only=durable,lag,apply,proofs,files file_bytes=1000000000
while (($#)); do
  case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --records) records=$2 ;;
    --leaves) leaves=$2 ;;
    --only) only=$2 ;;
    *) die "run.sh [--rounds N] [--seconds N] [--records N] [--leaves N] [--only durable,lag,apply,proofs,files]" ;;
  esac
  shift 2
done
wanted() { [[ ,$only, = *,$1,* ]]; }

work=$(mktemp -d "${YIZHI_BENCH_DIR:-/var/tmp}/yizhi-ledger.XXXXXX")
server=''
clean_up() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

yizhi=$target/release/yizhi driver=$target/release/examples/ledger_bench
say "编译 building (release)"
cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p yizhi-server --bin yizhi --example ledger_bench

results=$work/results
# note NAME ROUND COMMAND...: one line of what came out.
note() {
  local name=$1 round=$2 out
  shift 2
  sync
  out=$("$@")
  printf '{"name":"%s","round":%d,"load":%s,"result":%s}\n' "$name" "$round" "$(cut -d' ' -f1 /proc/loadavg)" "$out" | tee -a "$results"
}

# demo NAME: an installation of the home county without cases.
demo() { "$yizhi" demo --load-only --place 350302 --cases 0 --data "$work/$1" >"$work/$1.log" 2>&1 || { cat "$work/$1.log" >&2; die "$1"; }; }

# checked DATA [--files]: how long it takes to check everything in it.
checked() {
  local began ended
  began=$(date +%s%N)
  "$yizhi" ledger verify --data "$@" >&2
  ended=$(date +%s%N)
  printf '{"seconds":%s}' "$(node -p "($ended - $began) / 1e9")"
}

if wanted durable; then
  for ((round = 1; round <= rounds; round++)); do
    say "写入与入账 writing and integrating $records records, $round/$rounds"
    rm -rf "$work/durable"
    note durable "$round" "$driver" durable --data "$work/durable" --records "$records"
    note integrate "$round" "$driver" integrate --data "$work/durable"
    note verify "$round" checked "$work/durable"
  done
  rm -rf "$work/durable"
fi
if wanted lag || wanted apply; then
  for name in lag off on; do demo "$name"; done
  for ((round = 1; round <= rounds; round++)); do
    say "办理 steps, $round/$rounds"
    ! wanted lag || note lag "$round" "$driver" lag --data "$work/lag" --seconds "$seconds"
    wanted apply || continue
    # Neither is always first.
    order=(off on)
    ((round % 2)) || order=(on off)
    for name in "${order[@]}"; do
      options=()
      [[ $name = off ]] || options=(--ledger)
      note "$name" "$round" "$driver" apply --data "$work/$name" --seconds "$seconds" "${options[@]}"
    done
  done
fi
if wanted proofs; then
  say "证明 proofs out of $leaves leaves"
  "$driver" proofs --folder "$work/log" --leaves "$leaves" --proofs 1 >/dev/null
  for ((round = 1; round <= rounds; round++)); do
    note proofs "$round" "$driver" proofs --folder "$work/log" --leaves "$leaves"
  done
fi
if wanted files; then
  say "附件 files of $file_bytes bytes"
  demo files
  port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
  "$yizhi" serve --data "$work/files" --listen "127.0.0.1:$port" >>"$work/files.log" 2>&1 &
  server=$!
  kept=$(node "$here/files.mjs" "http://127.0.0.1:$port" "$work/files/demo-accounts.json" "$file_bytes")
  kill "$server"
  wait "$server" || true
  server=''
  for ((round = 1; round <= rounds; round++)); do
    note without "$round" checked "$work/files"
    note with "$round" checked "$work/files" --files
  done
  echo "{\"name\":\"kept\",\"round\":1,\"load\":0,\"result\":{\"bytes\":$kept}}" >>"$results"
fi
node "$here/summary.mjs" "$results"
