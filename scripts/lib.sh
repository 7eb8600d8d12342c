# Shared by every script here: where things are, how they speak, how they get what they need. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
[[ $target = /* ]] || target=$root/$target
[[ -d $HOME/.cargo/bin && :$PATH: != *:$HOME/.cargo/bin:* ]] && PATH=$HOME/.cargo/bin:$PATH

say() { printf '▸ %s\n' "$*"; }
die() { printf '✗ %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
in_ci() { [[ ${CI:-} = true ]]; }
root_on_debian() { [[ $(id -u) = 0 ]] && have apt-get; }

# apt_install PACKAGE...: Debian's packages without questions; the lists are fetched first only when they don't know one.
apt_install() {
  say "安装软件包 installing Debian packages: $*"
  local log
  log=$(mktemp)
  if ! { apt_get_install "$@" || { apt-get update -q && apt_get_install "$@"; }; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

apt_get_install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" </dev/null
}

# fresh STAMP HASH: whether the stamp file holds exactly this hash.
fresh() { [[ -f $1 && $(<"$1") = "$2" ]]; }

# files_hash PATH...: one hash over names and contents of all files under the paths.
files_hash() {
  find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
