#!/usr/bin/env bash
# Does what README.md says, in a copy of this folder: check.sh [PACKAGE], where PACKAGE is what npm is to install as minform,
# such as a packed tarball. With TSC set, types are checked too.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/*.{json,jsonl,ts,py,md} "$work" && cd "$work"

fail() { echo "own-project: $*"; exit 1; }

if [ $# -gt 0 ]; then
  npm pkg set "dependencies.minform=file:$(realpath "$1")"
fi
sed -n 's/^    //p' README.md > commands
runs=(reward verifier)
if ! command -v python3 > /dev/null; then
  echo 'the verifier: skipped, there is no python3'
  sed -i '/python3/d' commands
  runs=(reward)
fi
[ "$(grep -c '^npx minform' commands)" -gt ${#runs[@]} ] || fail 'README.md has no commands'
while IFS= read -r command; do
  printf '$ %s\n' "$command"
  timeout -k 10 300 bash -c "$command" < /dev/null > out.txt 2>&1 || { cat out.txt; fail "$command"; }
  tail -3 out.txt
done < commands

for run in "${runs[@]}"; do
  [ "$(wc -l < "runs/$run/metrics.jsonl")" -eq 3 ] || fail "runs/$run has not 3 iterations"
  grep -q '"rewards/failed":0' "runs/$run/metrics.jsonl" || fail "answers of runs/$run could not be judged"
done
[ "$(wc -l < before.jsonl)" -gt 0 ] || fail 'nothing was evaluated'
npx minform train ./recipe.ts --help | grep -q -- '--sharpness' || fail 'the option of the recipe is no flag'
echo 'throw new Error("not today")' > broken.ts
if npx minform train pure-vr --reward ./broken.ts 2> error.txt; then fail 'a broken reward is taken'; fi
grep -q 'broken.ts: failed while it was loaded: Error: not today' error.txt || fail "$(cat error.txt)"
if [ -n "${TSC:-}" ]; then "$TSC" -p . || fail 'types'; fi
echo 'own-project: works as README.md says'
