#!/usr/bin/env bash
# Installs, runs and tests the project on several versions of Node, each in a fresh copy, and prints a table of how it went. See README.md.
set -u

VERSIONS="20.19.0 22.23.3 24.21.0"
TESTS="all"
DIRTY=false
ENGINES=true
usage() {
  echo "usage: check.sh [--node 'VERSIONS'] [--tests all|none|'PATHS'] [--dirty] [--no-engines]" >&2
  exit 2
}
while [ $# -gt 0 ]; do
  case "$1" in
    --node) [ $# -ge 2 ] || usage; VERSIONS=$2; shift 2 ;;
    --tests) [ $# -ge 2 ] || usage; TESTS=$2; shift 2 ;;
    --dirty) DIRTY=true; shift ;;
    --no-engines) ENGINES=false; shift ;;
    *) usage ;;
  esac
done
for version in $VERSIONS; do
  case "$version" in *[!0-9.]*) echo "check.sh: $version is no version of Node, such as 22.23.3" >&2; exit 2 ;; esac
done

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) platform=linux-x64 ;;
  Linux-aarch64) platform=linux-arm64 ;;
  Darwin-arm64) platform=darwin-arm64 ;;
  *) echo "check.sh: there is no npm package of Node for $(uname -s) on $(uname -m)" >&2; exit 1 ;;
esac
for command in git npm; do
  command -v "$command" >/dev/null || { echo "check.sh: it takes the command $command" >&2; exit 1; }
done

root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/offcurve-node.XXXXXX")
logs="$root/results/node-versions"
mkdir -p "$logs"
failed=0

# A fresh copy: the commit, or with --dirty the files as they are, but nothing that git ignores.
copy_project() {
  if $DIRTY; then
    mkdir "$1" && (cd "$root" && git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
      [ -e "$file" ] && printf '%s\0' "$file"
    done | tar cf - --null -T -) | tar xf - -C "$1"
  else
    git clone --quiet "$root" "$1"
  fi
}

# step LOG COMMAND…: "yes" and the seconds, or "NO".
step() {
  local log=$1 started=$SECONDS
  shift
  if "$@" >"$log" 2>&1 </dev/null; then echo "yes, $((SECONDS - started)) s"; else echo "NO"; fi
}

check() {
  local version=$1 folder="$work/$1" install smoke engines tests
  mkdir -p "$folder/node"
  echo '{ "private": true }' >"$folder/node/package.json"
  if ! npm install --prefix "$folder/node" --no-save --ignore-scripts --no-audit --no-fund "node-$platform@$version" >"$logs/$version-node.log" 2>&1; then
    echo "| $version | NO: npm has no node-$platform@$version | | | |"
    return
  fi
  export PATH="$folder/node/node_modules/node-$platform/bin:$original_path"
  if ! copy_project "$folder/project" >"$logs/$version-copy.log" 2>&1 || ! cd "$folder/project"; then
    echo "| $version | NO: the project could not be copied | | | |"
    return
  fi
  [ "$(node --version)" = "v$version" ] || { echo "| $version | NO: $(node --version) ran instead | | | |"; return; }
  install=$(step "$logs/$version-install.log" npm ci)
  smoke=–; engines=–; tests=–
  if [ "$install" != NO ]; then
    smoke=$(step "$logs/$version-smoke.log" node lib/bin/offcurve.js run --study smoke --out "$folder/smoke")
    if $ENGINES; then
      node lib/bin/offcurve.js doctor --json >"$logs/$version-doctor.json" 2>"$logs/$version-doctor.log"
      engines=$(node -e '
        const { engines } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        const names = (ready) => engines.filter((engine) => engine.ready === ready).map(({ name }) => name).join(", ");
        console.log(`${names(true)}; not: ${names(false) || "none"}`);' "$logs/$version-doctor.json" 2>/dev/null) || engines=NO
    fi
    case "$TESTS" in
      none) ;;
      all) tests=$(step "$logs/$version-tests.log" npm test) ;;
      *) tests=$(step "$logs/$version-tests.log" node node_modules/vitest/vitest.mjs run $TESTS) ;;
    esac
    if [ "$tests" != – ]; then
      tests="$tests ($(sed 's/\x1b\[[0-9;]*m//g' "$logs/$version-tests.log" | sed -n 's/^ *Tests  *//p' | tail -1))"
    fi
  fi
  echo "| $version | $install | $smoke | $engines | $tests |"
  cd "$root" || exit 1
}

original_path=$PATH
echo "| Node | npm ci | smoke run | engines ready | tests: $TESTS |"
echo "| ---: | --- | --- | --- | --- |"
for version in $VERSIONS; do
  line=$(check "$version")
  echo "$line"
  case "$line" in *"| NO"*) failed=1 ;; esac
  rm -rf "${work:?}/$version"
done
rmdir "$work"
[ $failed -eq 0 ] || echo "What failed is in $logs" >&2
exit $failed
