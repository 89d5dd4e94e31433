#!/usr/bin/env bash
# How long an update takes, beside the same steps by hand, in turn on this machine and without a network: a source
# releases, and the time until the target's branch locks it is taken. Prints medians, and ratios to "by hand".
#
#   .ci/benchmark.sh [ROUNDS]     default 10
set -euo pipefail

rounds=${1:-10}
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
serve=''
trap '[[ -z $serve ]] || kill "$serve" 2>/dev/null; wait; rm -rf -- "$work"' EXIT

die() { echo "benchmark.sh: $1" >&2; exit 1; }
for tool in git curl openssl; do
  command -v "$tool" >/dev/null || die "$tool is missing: install it"
done
"$root/relay" --version >/dev/null # builds what is missing
nix=$("$root/layer/nix.sh")
export RELAY_NIX=$nix

export RELAY_WEBHOOK_SECRET=benchmark HOME=$work/home XDG_CACHE_HOME=$work/cache GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=you GIT_AUTHOR_EMAIL=you@example.org GIT_COMMITTER_NAME=you GIT_COMMITTER_EMAIL=you@example.org
mkdir -p "$HOME"
nix_command() { # as flake-relay runs it: a store and state of one's own, no registry
  NIX_STORE_DIR=$work/nix/store NIX_STATE_DIR=$work/nix/state NIX_LOG_DIR=$work/nix/log NIX_CONFIG='
experimental-features = nix-command flakes
flake-registry =
build-users-group =' "$nix" "$@"
}

# --- A source and a target of 2,000 files.
git init -q -b main "$work/hello"
echo '{ outputs = _: { }; }' >"$work/hello/flake.nix"
release() { # release VERSION: prints the commit
  echo "$1" >"$work/hello/VERSION"
  git -C "$work/hello" add . && git -C "$work/hello" commit -qm "Release $1"
  git -C "$work/hello" rev-parse HEAD
}
release 0 >/dev/null
git init -q -b main "$work/first"
mkdir "$work/first/modules"
for ((i = 0; i < 2000; i++)); do echo "{ }" >"$work/first/modules/$i.nix"; done
cat >"$work/first/flake.nix" <<END
{
  inputs.hello.url = "git+file://$work/hello?ref=main";
  outputs = _: { };
}
END
git -C "$work/first" add .
nix_command flake lock "$work/first" 2>/dev/null
git -C "$work/first" add . && git -C "$work/first" commit -qm 'Lock hello'
git clone -q --bare "$work/first" "$work/target.git"
cat >"$work/relay.yaml" <<END
secrets:
  webhook: [env:RELAY_WEBHOOK_SECRET]
routes:
  hello:
    when: [{ event: repository_dispatch, repository: you/machines, type: hello-released }]
    targets: [{ repository: "file://$work/target.git", branch: main, input: hello }]
END
locked() { git -C "$work/target.git" show main:flake.lock | grep -q "$1"; }

# --- The three ways; each gets a commit to lock.
by_hand() {
  rm -rf "$work/checkout"
  git clone -q --depth 1 "file://$work/target.git" "$work/checkout"
  nix_command flake update hello --flake "$work/checkout" 2>/dev/null
  git -C "$work/checkout" commit -qam "Bump hello"
  git -C "$work/checkout" push -q
}
by_update() {
  "$root/relay" update hello --sha "$1" --config "$work/relay.yaml" >"$work/update.log" || die "$(cat "$work/update.log")"
}
by_serve() {
  local body signature
  body='{"action":"hello-released","repository":{"full_name":"you/machines"},"client_payload":{"sha":"'$1'"}}'
  signature=$(printf %s "$body" | openssl dgst -sha256 -hmac "$RELAY_WEBHOOK_SECRET" -r | cut -d ' ' -f 1)
  curl -sf --noproxy '*' -o "$work/answer" --data-binary "$body" -H 'Content-Type: application/json' \
    -H 'X-GitHub-Event: repository_dispatch' -H "X-GitHub-Delivery: $1" -H "X-Hub-Signature-256: sha256=$signature" "$url" ||
    die "the dispatch was not accepted: see what serve logged: $(tail -n 3 "$work/serve.log")"
  until locked "$1"; do
    kill -0 "$serve" 2>/dev/null || die "serve has ended: $(tail -n 3 "$work/serve.log")"
    sleep 0.01
  done
}

"$root/relay" serve --config "$work/relay.yaml" --port 0 --data "$work/data" >"$work/url" 2>"$work/serve.log" &
serve=$!
until [[ -s $work/url ]]; do
  kill -0 "$serve" 2>/dev/null || die "serve did not start: $(cat "$work/serve.log")"
  sleep 0.1
done
url=$(sed 's/listening on //' "$work/url")

measure() { # measure WAY: one round, into a file of its own
  local sha begin end
  sha=$(release "$1 $RANDOM$RANDOM")
  begin=$(date +%s%N)
  "$1" "$sha"
  end=$(date +%s%N)
  locked "$sha" || die "$1 did not lock $sha"
  echo $(((end - begin) / 1000000)) >>"$work/$1.times"
}
for way in by_hand by_update by_serve; do measure "$way"; rm "$work/$way.times"; done # the first is slower for all
for ((round = 0; round < rounds; round++)); do
  for way in by_hand by_update by_serve; do measure "$way"; done
done

median() { sort -n "$work/$1.times" | sed -n "$(((rounds + 1) / 2))p"; }
base=$(median by_hand)
row() { printf '%-58s %5d ms  %s\n' "$1" "$(median "$2")" "$(awk "BEGIN { printf \"%.2f\", $(median "$2") / $base }")"; }
echo "Medians of $rounds rounds, and their ratio to the first:"
row 'by hand: git clone, nix flake update, commit, push' by_hand
row 'relay update: a new process each time' by_update
row 'relay serve: from the dispatch to the commit' by_serve
