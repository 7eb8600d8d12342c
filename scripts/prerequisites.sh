# What building needs (`need_toolchain`) and what testing needs on top (`find_postgres`, `find_chromium`). Sourced after lib.sh.

need_toolchain() {
  have cargo || die "缺少 Rust，请安装 rustup（https://rustup.rs）。Rust is missing: install it with rustup (https://rustup.rs)."
  have node && have npm || die "缺少 Node.js 20.19 以上（含 npm）。Node.js 20.19 or later with npm is missing."
  node_is_recent || die "Node.js $(node --version) 太旧，需要 20.19 以上。Node.js $(node --version) is too old, 20.19 or later is needed."
  have cc && return
  root_on_debian && apt_install gcc libc6-dev && return
  die "缺少 C 编译器：apt install gcc libc6-dev。A C compiler is missing: install gcc and the C library's headers."
}

node_is_recent() {
  local major minor rest
  IFS=. read -r major minor rest <<<"$(node --version | tr -d v)"
  ((major > 20 || (major == 20 && minor >= 19)))
}

# find_postgres: prints the folder of PostgreSQL's server programs (15 or later), installing it where that is possible.
find_postgres() {
  postgres_bin && return
  root_on_debian && apt_install postgresql >&2 && postgres_bin && return
  echo "缺少 PostgreSQL 15 以上的服务器程序：apt install postgresql。PostgreSQL 15+ (server) is missing: install the package postgresql." >&2
  return 1
}

postgres_bin() {
  local dir version
  for dir in ${YIZHI_POSTGRES_BIN:-} $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr) "$(pg_config --bindir 2>/dev/null)"; do
    [[ -x $dir/initdb && -x $dir/postgres ]] || continue
    version=$("$dir/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    ((version >= 15)) && echo "$dir" && return
  done
  return 1
}

# find_python: prints a Python 3 that can check signatures, installing it where that is possible.
find_python() {
  python_bin && return
  root_on_debian && apt_install python3 python3-cryptography >&2 && python_bin && return
  echo "缺少带 cryptography 的 Python 3：apt install python3-cryptography。Python 3 with cryptography is missing: install the package python3-cryptography." >&2
  return 1
}

python_bin() {
  local name
  for name in python3 /usr/bin/python3; do
    "$name" -c 'import cryptography.hazmat.primitives.asymmetric.ed25519' 2>/dev/null && echo "$name" && return
  done
  return 1
}

# pymerkle PYTHON: prints the folder of the PyPI package pymerkle, another implementation of the same tree, fetched once; nothing where it cannot be had.
pymerkle() {
  local folder=$target/pymerkle
  [[ -f $folder/.complete ]] ||
    { "$1" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 10 --target "$folder" pymerkle==6.1.0 >/dev/null 2>&1 && touch "$folder/.complete"; } ||
    { say '没有 pymerkle，账本的根不再由它核对一遍 without pymerkle: the root is not computed a third time' >&2; return; }
  echo "$folder"
}

# find_schemathesis PYTHON: prints the program of the PyPI package schemathesis, fetched once into a folder of its own.
find_schemathesis() {
  local folder=$target/schemathesis-4.32.5
  if [[ ! -f $folder/.complete ]]; then
    python_folder "$1" "$folder" schemathesis==4.32.5 ||
      { echo "装不上 schemathesis（需要 Python 的 venv 和 PyPI）。schemathesis cannot be installed: it takes Python's venv and PyPI." >&2; return 1; }
    touch "$folder/.complete"
  fi
  echo "$folder/bin/schemathesis"
}

# python_folder PYTHON FOLDER PACKAGE: a Python of its own with a package.
python_folder() {
  rm -rf "$2"
  "$1" -m venv "$2" >/dev/null 2>&1 || { root_on_debian && apt_install python3-venv >&2 && "$1" -m venv --clear "$2" >/dev/null 2>&1; } || return 1
  "$2/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 20 "$3" >/dev/null 2>&1
}

# find_setup: what the documented set-up calls, installing it where that is possible.
find_setup() {
  setup_tools && return
  root_on_debian && apt_install nginx-light rsync sqlite3 curl openssl iproute2 >&2
  setup_tools && return
  echo "演示部署步骤需要 nginx、rsync、sqlite3、curl。Playing the set-up takes nginx, rsync, sqlite3 and curl." >&2
  return 1
}

# can_be_apart: whether name spaces can be made here, in which the machine is not touched.
can_be_apart() {
  [[ $(id -u) = 0 ]] || return 1
  # shellcheck disable=SC2016 # expanded in there
  unshare --mount --net --pid --fork --mount-proc --propagation private bash -c \
    't=$(mktemp -d) && mount -t tmpfs tmpfs "$t" && mkdir "$t/up" "$t/work" && mount -t overlay overlay -o "lowerdir=/etc,upperdir=$t/up,workdir=$t/work" /etc' 2>/dev/null
}

setup_tools() {
  local tool
  for tool in nginx rsync sqlite3 curl openssl ip useradd runuser; do have "$tool" || return 1; done
}

# find_chromium: prints the browser's path, with a font for Chinese beside it, installing both where that is possible.
find_chromium() {
  if ! chromium_bin >/dev/null || ! chinese_font; then
    root_on_debian && apt_install chromium fonts-noto-cjk >&2
  fi
  if chromium_bin >/dev/null && chinese_font; then
    chromium_bin
    return
  fi
  echo "缺少 Chromium 或中文字体：apt install chromium fonts-noto-cjk。Chromium or a CJK font is missing: install chromium and fonts-noto-cjk." >&2
  return 1
}

chromium_bin() {
  local name
  for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    command -v "$name" && return
  done
  return 1
}

chinese_font() { have fc-list && [[ -n $(fc-list :lang=zh family 2>/dev/null) ]]; }
