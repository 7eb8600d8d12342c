# The web interface: packages by the lock file, then the build; each skipped when nothing it depends on has changed. Sourced after lib.sh.

# npm_packages FOLDER: node_modules exactly as the folder's lock file says, with a bar while it comes.
npm_packages() {
  local folder=$root/$1 hash
  hash=$(files_hash "$folder/package.json" "$folder/package-lock.json")
  fresh "$folder/node_modules/.yizhi-packages" "$hash" && return
  say "下载 $1/ 的 npm 依赖 fetching npm packages of $1/"
  npm_ci_with_bar "$folder" || return 1
  echo "$hash" >"$folder/node_modules/.yizhi-packages"
}

npm_ci_with_bar() {
  local folder=$1 log total installed code=0
  log=$(mktemp)
  total=$(node "$root/scripts/lock-size.mjs" "$folder/package-lock.json")
  rm -rf "$folder/node_modules"
  (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error) >"$log" 2>&1 </dev/null &
  local npm=$!
  while kill -0 "$npm" 2>/dev/null; do
    if [[ -t 1 ]]; then
      installed=$(find "$folder/node_modules" -maxdepth 3 -name package.json 2>/dev/null | wc -l)
      bar "$installed" "$total"
    fi
    sleep 0.3
  done
  wait "$npm" || code=$?
  [[ -t 1 ]] && printf '\r\033[K'
  ((code == 0)) || tail -n 20 "$log" >&2
  rm -f "$log"
  return "$code"
}

# bar DONE TOTAL: one line, drawn over itself.
bar() {
  local width=40 done=$1 total=$2 filled
  ((total > 0)) || return 0
  ((done > total)) && done=$total
  filled=$((done * width / total))
  printf '\r  [%s%s] %d/%d' "$(repeat '█' "$filled")" "$(repeat ' ' $((width - filled)))" "$done" "$total"
}

repeat() {
  local text='' i
  for ((i = 0; i < $2; i++)); do text+=$1; done
  printf '%s' "$text"
}

# web_build: web/dist from web/'s sources; the stamp is a hash of their contents, so touching a file rebuilds nothing.
web_build() {
  npm_packages web || return 1
  local hash stamp=$root/web/node_modules/.yizhi-build
  hash=$(web_sources_hash)
  fresh "$stamp" "$hash" && [[ -f $root/web/dist/index.html ]] && return
  say "构建网页 building the web interface"
  (cd "$root/web" && npm run --silent build) || return 1
  echo "$hash" >"$stamp"
}

web_sources_hash() {
  (cd "$root/web" && find . \( -name node_modules -o -path ./dist -o -path ./tests -o -name '*.tsbuildinfo' \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}
