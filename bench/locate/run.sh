#!/usr/bin/env bash
# Compares bulk point location with shapely's STRtree and, where it can be installed, PostGIS: one core each, the same
# grids and points, rounds in turn. See ../RESULTS.md for what came out.
#
#   bench/locate/run.sh [--rounds 7] [--grids 100000] [--points 1000000]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/yizhi-bench
target=${CARGO_TARGET_DIR:-$root/target}

echo "building the Rust side (release)"
cargo build --quiet --release --manifest-path "$root/Cargo.toml" -p yizhi-grid --example locate_bench

if [ ! -x "$cache/venv/bin/python" ]; then
  python3 -m venv "$cache/venv"
fi
"$cache/venv/bin/pip" install --quiet --disable-pip-version-check 'shapely==2.2.0' numpy

postgis=/usr/share/postgresql/15/extension/postgis.control
if [ ! -e "$postgis" ] && [ "$(id -u)" = 0 ]; then
  echo "installing PostGIS"
  apt-get install -y --no-install-recommends postgresql-15 postgresql-15-postgis-3 >"$cache/apt.log" 2>&1 ||
    echo "PostGIS cannot be installed, see $cache/apt.log"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
exec_args=(--binary "$target/release/examples/locate_bench" --work "$work" "$@")
if [ -e "$postgis" ]; then
  exec_args+=(--postgres /usr/lib/postgresql/15/bin)
fi
"$cache/venv/bin/python" "$here/compare.py" "${exec_args[@]}"
