#!/usr/bin/env bash
# A private PostgreSQL for one test run: its own folder, loopback port and password, and nothing on disk waits for fsync.
#   postgres.sh start FOLDER   makes and starts it; prints its URL
#   postgres.sh stop FOLDER    stops it and removes the folder
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"

# PostgreSQL refuses to run as root; its package brings the user postgres.
as_server() {
  if [[ $(id -u) = 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
  node -e "const s = require('net').createServer().listen(0, '127.0.0.1', () => { console.log(s.address().port); s.close() })"
}

start() {
  local folder=$1 bin port password
  bin=$(find_postgres)
  mkdir -p "$folder"
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && printf '%s\n' "$password" >"$folder/password")
  [[ $(id -u) != 0 ]] || chown -R postgres "$folder"
  chmod 0700 "$folder"
  as_server "$bin/initdb" --pgdata "$folder/data" --username postgres --pwfile "$folder/password" --auth password \
    --encoding UTF8 --locale C --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; return 1; }
  port=$(free_port)
  as_server tee -a "$folder/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 400
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
EOF
  as_server "$bin/pg_ctl" --pgdata "$folder/data" --log "$folder/server.log" --wait --silent start >/dev/null 2>&1 ||
    { cat "$folder/server.log" >&2; return 1; }
  echo "postgres://postgres:$password@127.0.0.1:$port/postgres"
}

stop() {
  local folder=$1
  [[ -d $folder ]] || return 0
  if [[ -f $folder/data/postmaster.pid ]]; then
    as_server "$(postgres_bin)/pg_ctl" --pgdata "$folder/data" --mode immediate --silent stop >/dev/null || true
  fi
  rm -rf "$folder"
}

case ${1:-} in
  start | stop) "$1" "${2:?the folder is missing}" ;;
  *) die "postgres.sh start|stop FOLDER" ;;
esac
