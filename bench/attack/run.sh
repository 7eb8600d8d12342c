#!/usr/bin/env bash
# What others notice of an attack: people load their lists at a steady rate, first in peace, then while one attack after another runs against the same
# server, and in peace again after each. Bars: the p95 of their loads stays within twice its quiet figure, the server's memory within 400 MB.
# Server, people and attackers share all cores; attackers run at the lowest priority, see ../RESULTS.md for why and for what came out.
#
#   bench/attack/run.sh [--rounds 3] [--seconds 6] [--only heads,exports,…] [--database sqlite|postgres] [--cases 20000] [--list]
#
# YIZHI_BIN names a program to attack instead of the release build of this tree; YIZHI_ATTACK_DATA a folder of a demo to copy instead of making one.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/lib.sh"
. "$root/scripts/prerequisites.sh"

usage='run.sh [--rounds N] [--seconds N] [--only NAME,…] [--database sqlite|postgres] [--cases N] [--list]'
rounds=3 seconds=6 only='' database=sqlite cases=20000
while (($#)); do
  case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --only) only=$2 ;;
    --database) database=$2 ;;
    --cases) cases=$2 ;;
    --list) exec node "$here/drive.mjs" --list ;;
    *) die "$usage" ;;
  esac
  shift 2
done
[[ $database = sqlite || $database = postgres ]] || die "$usage"

work=$(mktemp -d "${YIZHI_BENCH_DIR:-/var/tmp}/yizhi-attack.XXXXXX")
server=''
clean_up() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  wait
  "$root/scripts/postgres.sh" stop "$work/postgres"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
chmod 0711 "$work"

yizhi=${YIZHI_BIN:-}
if [[ -z $yizhi ]]; then
  say "编译 building (release)"
  cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p yizhi-server --bin yizhi
  yizhi=$target/release/yizhi
fi

options=()
if [[ $database = postgres ]]; then
  url=$("$root/scripts/postgres.sh" start "$work/postgres")
  options=(--database-url "$url")
fi
if [[ $database = sqlite && -n ${YIZHI_ATTACK_DATA:-} ]]; then
  cp -a "$YIZHI_ATTACK_DATA" "$work/data"
else
  say "$cases 件案件的库 a database of $cases cases"
  "$yizhi" demo --load-only --cases "$cases" --data "$work/data" "${options[@]}" >"$work/demo.log" 2>&1 || { cat "$work/demo.log" >&2; die demo; }
fi

ulimit -n "$(ulimit -Hn)"
port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
# The proxy is trusted so that an attacker may come from many addresses at once; programs before that option believed the header as it was.
! "$yizhi" serve --help | grep -q -- --trusted-proxy || options+=(--trusted-proxy 127.0.0.1)
"$yizhi" serve --data "$work/data" --listen "127.0.0.1:$port" --log-format json "${options[@]}" >>"$work/serve.log" 2>&1 &
server=$!
node "$here/drive.mjs" --port "$port" --server "$server" --accounts "$work/data/demo-accounts.json" --database "$database" \
  --rounds "$rounds" --seconds "$seconds" --only "$only" --results "$work/results"
if grep -q '"level":"ERROR"' "$work/serve.log"; then
  say "服务器的错误 errors in the server's log"
  grep '"level":"ERROR"' "$work/serve.log" | sed -E 's/"timestamp":"[^"]*",?//' | cut -c1-300 | sort | uniq -c | sort -rn | head -n 5
fi
node "$here/summary.mjs" "$work/results"
