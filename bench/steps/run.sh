#!/usr/bin/env bash
# Durable case steps per second over HTTP: 64 connections carry cases through whole lives (one report, seven later steps) against an empty embedded
# database, the same on a disk that is a millisecond slower, one that holds a million cases, and PostgreSQL, which takes turns with pgbench's single-row
# inserts. Server, database and clients share all cores. What one wrote is on disk before the next begins. See ../RESULTS.md for what came out.
#
#   bench/steps/run.sh [--rounds 5] [--seconds 10] [--connections 64] [--million 1000000] [--only sqlite,slow,million,postgres] [--before PROGRAM]
#
# PROGRAM is the binary of an earlier commit, which takes turns with this tree's on an empty embedded database of its own.
# YIZHI_BIN and YIZHI_STEPS name a program and a driver that are built already.
#
# A million cases take about 15 GB under YIZHI_BENCH_DIR (/var/tmp unless set), which must be a real disk: everything is written with fsync.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../scripts/lib.sh"
. "$root/scripts/prerequisites.sh"

rounds=5 seconds=10 connections=64 million=1000000 only=sqlite,slow,million,postgres before=''
while (($#)); do
  case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --connections) connections=$2 ;;
    --million) million=$2 ;;
    --only) only=$2 ;;
    --before) before=$2 ;;
    *) die "run.sh [--rounds N] [--seconds N] [--connections N] [--million N] [--only sqlite,slow,million,postgres] [--before PROGRAM]" ;;
  esac
  shift 2
done
wanted() { [[ ,$only, = *,$1,* ]]; }

work=$(mktemp -d "${YIZHI_BENCH_DIR:-/var/tmp}/yizhi-steps.XXXXXX")
servers=()
clean_up() {
  ((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null || true
  wait
  "$root/scripts/postgres.sh" stop "$work/postgres"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM
chmod 0711 "$work"

yizhi=${YIZHI_BIN:-$target/release/yizhi} driver=${YIZHI_STEPS:-$target/release/examples/steps_bench} million_filler=$target/release/examples/million
if [[ -z ${YIZHI_BIN:-} || -z ${YIZHI_STEPS:-} ]]; then
  say "编译 building (release)"
  cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p yizhi-server --bin yizhi --example steps_bench
fi
! wanted million || cargo build --quiet --locked --release --manifest-path "$root/Cargo.toml" -p yizhi-store --example million

# prepare NAME CASES [--database-url URL]: an installation of the home county, and tokens for its crews.
prepare() {
  local name=$1 cases=$2
  shift 2
  "$yizhi" demo --load-only --place 350302 --cases "$cases" --data "$work/$name" "$@" >"$work/$name.log" 2>&1 ||
    { cat "$work/$name.log" >&2; die "$name"; }
  "$driver" crews --program "$yizhi" --data "$work/$name" --connections "$connections" "$@" >"$work/$name.crews"
}

# serve NAME [--database-url URL]: starts its server and notes where.
declare -A address process
serve() {
  local name=$1 port
  shift
  port=$(node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })")
  address[$name]=127.0.0.1:$port
  LD_PRELOAD=${slow_disk:-} "$yizhi" serve --data "$work/$name" --listen "${address[$name]}" --rate 1000000 "$@" >>"$work/$name.log" 2>&1 &
  servers+=($!)
  process[$name]=$!
}

names=()
if wanted sqlite; then
  say "空库 the empty database"
  prepare sqlite 0
  serve sqlite
  names+=(sqlite)
fi
if [[ -n $before ]]; then
  say "以前的程序 the earlier program"
  yizhi=$before prepare before 0
  yizhi=$before serve before
  names+=(before)
fi
if wanted slow; then
  say "慢 1 毫秒的盘 a disk slower by 1 ms"
  cc -shared -fPIC -O2 -o "$work/slow_disk.so" "$here/slow_disk.c"
  prepare slow 0
  slow_disk=$work/slow_disk.so serve slow
  names+=(slow)
fi
if wanted million && ((million > 0)); then
  say "$million 件案件的库 the database of $million cases"
  prepare million 20000
  "$million_filler" "$work/million/yizhi.db" "$million"
  serve million
  names+=(million)
fi
if wanted postgres; then
  say "PostgreSQL"
  bin=$(find_postgres)
  url=$("$root/scripts/postgres.sh" start "$work/postgres")
  for setting in fsync synchronous_commit full_page_writes; do
    "$bin/psql" "$url" --no-psqlrc --quiet --command "ALTER SYSTEM SET $setting = on"
  done
  "$bin/psql" "$url" --no-psqlrc --quiet --command "SELECT pg_reload_conf()" --command "CREATE DATABASE yizhi" \
    --command "CREATE TABLE single (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n bigint NOT NULL, body text NOT NULL)" >/dev/null
  cat >"$work/insert.sql" <<'SQL'
\set n random(1, 1000000000)
INSERT INTO single (n, body) VALUES (:n, repeat('x', 200));
SQL
  prepare postgres 0 --database-url "${url%/*}/yizhi"
  serve postgres --database-url "${url%/*}/yizhi"
  names+=(postgres pgbench)
fi

# measure NAME: one round against it, as one line of JSON.
measure() {
  if [[ $1 = pgbench ]]; then
    "$bin/pgbench" "$url" --no-vacuum --client "$connections" --jobs 2 --protocol prepared --time "$seconds" --file "$work/insert.sql" 2>&1 |
      sed -nE 's/^tps = ([0-9.]+).*/{"steps_per_second": \1, "errors": 0}/p'
  else
    "$driver" round --address "${address[$1]}" --crews "$work/$1.crews" --seconds "$seconds"
  fi
}

# written NAME: bytes that its server has written so far; 0 where a database writes for it.
written() {
  [[ $1 != pgbench && $1 != postgres ]] && sed -n 's/^write_bytes: //p' "/proc/${process[$1]}/io" || echo 0
}
# worked NAME: processor time that its server has taken so far, in ticks of a hundredth of a second; 0 for pgbench.
worked() {
  [[ $1 != pgbench ]] && sed -E 's/^.*\) //' "/proc/${process[$1]}/stat" | awk '{ print $12 + $13 }' || echo 0
}

results=$work/results
for ((round = 1; round <= rounds; round++)); do
  # Who is first in one round is last in the next: a machine that slows down slows neither more.
  turns=()
  for name in "${names[@]}"; do
    ((round % 2)) && turns+=("$name") || turns=("$name" "${turns[@]}")
  done
  for name in "${turns[@]}"; do
    sync
    load=$(cut -d' ' -f1 /proc/loadavg)
    wrote=$(written "$name") worked=$(worked "$name")
    line=$(measure "$name")
    wrote=$(($(written "$name") - wrote)) worked=$(($(worked "$name") - worked))
    echo "  $round $name load $load wrote $wrote worked $worked $line"
    echo "{\"name\": \"$name\", \"round\": $round, \"load\": $load, \"seconds\": $seconds, \"wrote\": $wrote, \"worked\": $worked, \"result\": $line}" >>"$results"
  done
done
if wanted postgres; then
  printf 'fdatasync: %s\n' "$("$bin/pg_test_fsync" -s 1 -f "$work/fsync" | sed -nE 's/^ +fdatasync +//p' | head -n 1)"
fi
node "$here/summary.mjs" "$results"
