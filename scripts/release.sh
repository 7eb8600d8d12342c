#!/usr/bin/env bash
# `make release`: the optimised binary with the web interface inside, packed with its licence and checksum for offline installation.
# TARGET=x86_64-unknown-linux-musl (or another installed target) makes a binary that asks for no C library.
set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$root/scripts/prerequisites.sh"
. "$root/scripts/web.sh"
cd "$root"

need_toolchain
web_build || die "网页构建失败。The web interface did not build."
triple=${TARGET:-$(rustc -vV | sed -n 's/^host: //p')}
version=$(cargo metadata --locked --no-deps --format-version 1 |
  node -p "JSON.parse(require('fs').readFileSync(0)).packages.find((p) => p.name === 'yizhi-server').version")
say "编译发布版 compiling the release for $triple"
cargo build --locked --release --package yizhi-server --bin yizhi --target "$triple"

name=yizhi-$version-$triple
out=$target/dist
rm -rf "${out:?}/$name"
mkdir -p "$out/$name"
cp "$target/$triple/release/yizhi" LICENSE README.md README.zh-CN.md CHANGELOG.md "$out/$name/"
tar --create --gzip --owner=0 --group=0 --numeric-owner --directory "$out" --file "$out/$name.tar.gz" "$name"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
say "完成 ready: $out/$name.tar.gz"
