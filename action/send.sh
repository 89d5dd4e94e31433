#!/usr/bin/env bash
# The step of action.yml: asks a flake-relay to lock a revision, and waits for what becomes of it if that is wanted.
# Needs curl, jq and openssl. RETRY_WAITS and POLL_SECONDS make tests quick.
set -euo pipefail

fail() {
  echo "::error::$*"
  exit 1
}
trimmed() { # white space around it, such as a line's end that was copied along, does not count
  local value=$1
  value=${value#"${value%%[![:space:]]*}"}
  printf '%s' "${value%"${value##*[![:space:]]}"}"
}
output() { printf '%s=%s\n' "$1" "$2" >>"${GITHUB_OUTPUT:-/dev/null}"; }
summary() { printf '%s\n' "$*" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; }
line() { tr '\n\r' '  ' <"$1" | head -c 2000; } # of somebody else's words: one line, or they could be a command to the runner

url=$(trimmed "${INPUT_URL-}")
sha=$(trimmed "${INPUT_SHA:-${GITHUB_SHA-}}")
version=$(trimmed "${INPUT_VERSION-}")
secret=$(trimmed "${INPUT_SECRET-}")
type=$(trimmed "${INPUT_EVENT_TYPE-}")
repository=$(trimmed "${INPUT_REPOSITORY:-${GITHUB_REPOSITORY-}}")
wait=$(trimmed "${INPUT_WAIT:-false}")
minutes=$(trimmed "${INPUT_TIMEOUT_MINUTES:-10}")

[[ -n $url ]] || fail "url is not set: write the relay's address under \`with\`, for example url: https://relay.example.org, or set the variable that it is taken from"
[[ $url =~ ^https://[^[:space:]]+$ || $url =~ ^http://(127\.0\.0\.1|localhost)[:/] ]] || fail "url is not an https address: write for example https://relay.example.org"
[[ $sha =~ ^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$ ]] || fail "sha is not a full commit id of 40 hex digits: leave it out for the commit that the workflow runs on"
[[ $wait == true || $wait == false ]] || fail "wait is neither true nor false"
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || fail "timeout-minutes is not a number of minutes from 1 on"
url=${url%/}
url=${url%/webhook}
url=${url%/dispatch}
url=${url%/}

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
umask 077

# --- What is sent: a body and headers, in files, so that no secret is on a command line

if [[ -n $secret ]]; then
  echo "::add-mask::$secret"
  [[ -n $type ]] || fail "event-type is not set: with a secret, write the \`type\` that the relay's route waits for"
  [[ -n $repository ]] || fail "repository is not set: with a secret, write the repository that the relay's route names"
  jq -ncj --arg type "$type" --arg repository "$repository" --arg sha "$sha" --arg version "$version" \
    '{action: $type, repository: {full_name: $repository}, client_payload: {sha: $sha, version: $version}}' >"$work/body"
  # HMAC-SHA256 (RFC 2104) in terms of SHA-256: openssl takes the key on its command line only.
  sha256() { openssl dgst -sha256 -binary; }
  hex() { od -An -v -tx1 | tr -d ' \n'; }
  binary() { # binary HEX
    # shellcheck disable=SC2001,SC2059 # the format is the bytes
    printf "$(sed 's/../\\x&/g' <<<"$1")"
  }
  key=$(printf '%s' "$secret" | hex)
  ((${#key} <= 128)) || key=$(printf '%s' "$secret" | sha256 | hex)
  while ((${#key} < 128)); do key+=00; done
  inner='' outer=''
  for ((i = 0; i < 128; i += 2)); do
    inner+=$(printf '%02x' $((16#${key:i:2} ^ 0x36)))
    outer+=$(printf '%02x' $((16#${key:i:2} ^ 0x5c)))
  done
  digest=$({ binary "$inner"; cat "$work/body"; } | sha256 | hex)
  signature=$({ binary "$outer"; binary "$digest"; } | sha256 | hex)
  cat >"$work/headers" <<END
X-GitHub-Event: repository_dispatch
X-GitHub-Delivery: run-${GITHUB_RUN_ID:-0}-${GITHUB_RUN_ATTEMPT:-1}
X-Hub-Signature-256: sha256=$signature
END
  address=$url/webhook
else
  [[ -n ${ACTIONS_ID_TOKEN_REQUEST_URL-} && -n ${ACTIONS_ID_TOKEN_REQUEST_TOKEN-} ]] ||
    fail "this job may not have an OIDC token: give it \`permissions: { id-token: write }\`, or set secret"
  jq -ncj --arg sha "$sha" --arg version "$version" '{sha: $sha} + (if $version == "" then {} else {version: $version} end)' >"$work/body"
  address=$url/dispatch
fi

# --- Sending

token() { # a new one for each try: it lives for minutes only
  local audience
  audience=$(jq -rn --arg url "$url" '$url | @uri')
  printf 'Authorization: bearer %s\n' "$ACTIONS_ID_TOKEN_REQUEST_TOKEN" >"$work/request"
  curl -sS --fail --max-time 20 --retry 2 -H "@$work/request" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$audience" >"$work/token" ||
    fail "GitHub gave no OIDC token for $url"
  local value
  value=$(jq -r '.value // empty' "$work/token")
  [[ -n $value ]] || fail "GitHub gave no OIDC token for $url"
  echo "::add-mask::$value"
  printf 'Authorization: Bearer %s\n' "$value" >"$work/headers"
}

for pause in ${RETRY_WAITS:-5 15 45 135 0}; do
  [[ -n $secret ]] || token
  : >"$work/answer"
  status=$(curl -sS --max-time 20 -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/json' \
    -H "@$work/headers" --data-binary "@$work/body" "$address") || status=000
  echo "flake-relay answered $status $(line "$work/answer")"
  case $status in
    000 | 408 | 429 | 5??) sleep "$pause" ;; # not reached, or not now
    *) break ;;
  esac
done
case $status in
  202) ;;
  200)
    output outcome ignored
    summary "flake-relay ignored \`$sha\`."
    fail "no route of the relay waits for this: $(line "$work/answer")"
    ;;
  401)
    if [[ -n $secret ]]; then
      fail "the relay did not accept the signature: compare secret with its secrets.webhook"
    else
      fail "the relay did not accept the token: compare its \`endpoint\` with $url, and the \`repository\` and \`ref\` of its \`event: dispatch\` with ${GITHUB_REPOSITORY-} and ${GITHUB_REF-}"
    fi
    ;;
  000) fail "could not reach the relay at $address" ;;
  *) fail "the relay did not queue $sha: it answered $status $(line "$work/answer")" ;;
esac
output jobs "$(jq -r '[.accepted[].job] | join(" ")' "$work/answer")"
mapfile -t contexts < <(jq -r '[.accepted[].route] | unique[] | "flake-relay/" + .' "$work/answer")
if [[ $wait == false ]]; then
  output outcome queued
  summary "flake-relay queued \`$sha\`: $(jq -r '[.accepted[] | .input + " in " + .target] | join(", ")' "$work/answer")."
  exit 0
fi

# --- Waiting: the newest status of each route on the revision

end=$((SECONDS + minutes * 60))
printf 'Authorization: Bearer %s\n' "${GITHUB_TOKEN-}" >"$work/api"
printf '| route | outcome | |\n|---|---|---|\n' >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
worst=success page=''
for context in "${contexts[@]}"; do
  state=pending
  while :; do
    code=$(curl -sS --max-time 20 -o "$work/statuses" -w '%{http_code}' -H "@$work/api" -H 'Accept: application/vnd.github+json' \
      "${GITHUB_API_URL:-https://api.github.com}/repos/${GITHUB_REPOSITORY-}/commits/$sha/statuses?per_page=100") || code=000
    case $code in
      200)
        found=$(jq -c --arg context "$context" 'map(select(.context == $context)) | first // {}' "$work/statuses")
        state=$(jq -r '.state // "pending"' <<<"$found")
        ;;
      401 | 404) fail "GitHub shows no statuses of $sha: give the job \`permissions: { statuses: read }\`" ;;
      403) ! grep -qi 'not accessible' "$work/statuses" || fail "GitHub shows no statuses of $sha: give the job \`permissions: { statuses: read }\`" ;;
    esac
    [[ $state == pending ]] || break
    if ((SECONDS >= end)); then
      output outcome pending
      fail "$context has not ended after $minutes minutes: does the relay report (\`report: true\`)? It goes on with the work"
    fi
    sleep "${POLL_SECONDS:-5}"
  done
  description=$(jq -j '.description // ""' <<<"$found" | tr '\n\r|' '   ' | head -c 300)
  target=$(jq -r '.target_url // ""' <<<"$found" | tr -d '\n\r|() ')
  echo "$context: $state: $description $target"
  printf '| %s | %s | %s %s |\n' "$context" "$state" "$description" "$target" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
  page=${page:-$target}
  [[ $state == success || $worst == error ]] || worst=$state
done
output outcome "$worst"
output url "$page"
[[ $worst == success ]] || fail "flake-relay could not lock $sha: $worst"
