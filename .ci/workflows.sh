#!/usr/bin/env bash
# Lints the workflows, this repository's own and those of docs/workflows, with actionlint, which has their `run:` blocks checked
# by shellcheck too. It is built by Go, each module checked against .ci/actionlint/go.sum, and kept in ~/.cache.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

need() { # need PROGRAM PACKAGE
  command -v "$1" >/dev/null && return
  [[ $(id -u) == 0 ]] || { echo "missing: $1: install it" >&2; exit 1; }
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "$2" >/dev/null
}
need go golang-go
need shellcheck shellcheck

key=$(cat .ci/actionlint/go.mod .ci/actionlint/go.sum | sha256sum | cut -c1-12)
bin=${XDG_CACHE_HOME:-$HOME/.cache}/flake-relay/actionlint-$key
if [[ ! -x $bin/actionlint ]]; then
  echo "building actionlint into $bin" >&2
  # An older Go fetches the one that go.mod asks for.
  (cd .ci/actionlint && GOTOOLCHAIN=auto GOBIN=$bin go install -mod=readonly -buildvcs=false tool)
fi

"$bin/actionlint" -no-color .github/workflows/*.yml docs/workflows/*.yml

# It bites: a job that needs one that isn't there, a context that isn't there, a script with a mistake.
finds() { # finds RULE SED-EXPRESSION: in a broken copy of a workflow
  sed "$2" docs/workflows/after-image.yml >"$work/broken.yml"
  if "$bin/actionlint" -no-color "$work/broken.yml" >"$work/findings" || ! grep -q "\[$1\]\$" "$work/findings"; then
    echo "actionlint does not find what $1 is for:" >&2
    cat "$work/findings" >&2
    exit 1
  fi
}
finds job-needs 's/^    runs-on: .*/&\n    needs: release/'
finds expression 's/vars.RELAY_URL/var.RELAY_URL/'
finds shellcheck 's/"\([^"]*URL\)") ||/\1) ||/'
echo "ok: $(find .github/workflows docs/workflows -name '*.yml' | wc -l) workflows"
