#!/usr/bin/env bash
# Runs the tests that need AWS (JUnit tag "localstack") against a LocalStack of their own, which ends with them.
# Arguments go to Maven, such as -Dtest=DeployedDeliveryTest. LocalStack's log is left in target/localstack.log.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
here=$root/.ci/localstack
log=$root/target/localstack.log
rm -f -- "$log"
work=$(mktemp -d)
server=''

say() { printf 'localstack: %s\n' "$1" >&2; }
die() {
  say "$1"
  exit 1
}

# Functions are children of LocalStack: given time, it stops them, and they end by themselves when it is gone.
stop() {
  local status=$?
  trap - EXIT
  if [ "$status" -ne 0 ] && [ -e "$log" ]; then
    say "failed; what LocalStack complained of last ($log):"
    grep -v ' INFO --- ' "$log" | tail -n 30 >&2 || true
  fi
  if [ -n "$server" ] && kill "$server" 2>/dev/null; then
    for _ in {1..100}; do
      kill -0 "$server" 2>/dev/null || break
      sleep 0.2
    done
    kill -9 "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf -- "$work"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# On an older Python LocalStack answers every SQS call with 500, and on a newer one it can't be installed.
fits() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in python3.13 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python; do
    if fits "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# On a machine without one: from the distribution, if it has it and we may install, else by uv, if that is there.
install_python() {
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq >&2 || true
    if apt-get install -y -qq --no-install-recommends python3.13-venv >/dev/null 2>&1; then
      echo python3.13
      return
    fi
  fi
  command -v uv >/dev/null || return
  uv python find 3.13 2>/dev/null || { uv python install --quiet 3.13 >&2 && uv python find 3.13; }
}

# The plug-in is built from a copy, because setuptools leaves its files beside the sources.
install_plugin() {
  cp -R "$here" "$work/source"
  "$venv/bin/pip" --quiet --disable-pip-version-check install --no-deps --no-build-isolation --target "$work/plugin" "$work/source" >&2
}

maven() { mvn --batch-mode --no-transfer-progress "$@"; }

free_port() {
  "$venv/bin/python" -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

healthy() {
  "$venv/bin/python" - "$1/_localstack/health" <<'PYTHON' 2>/dev/null
import sys, urllib.request
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(sys.argv[1], timeout=5)
PYTHON
}

start() {
  local port
  port=$(free_port)
  endpoint=http://127.0.0.1:$port
  mkdir -p "$work/state" "$work/tmp"
  # OVERRIDE_IN_DOCKER to DNS_ADDRESS: it asks nobody on the internet, and answers nobody's questions for names.
  # LAMBDA_EVENT_* to the end: it polls, measures and backs off within seconds, where AWS takes minutes.
  env PYTHONPATH="$work/plugin" TMPDIR="$work/tmp" FILESYSTEM_ROOT="$work/state" GATEWAY_LISTEN="127.0.0.1:$port" \
    OVERRIDE_IN_DOCKER=0 SKIP_SSL_CERT_DOWNLOAD=1 DISABLE_EVENTS=1 DNS_ADDRESS=0 no_proxy='*' \
    LAMBDA_RUNTIME_EXECUTOR=process PROCESS_EXECUTOR_JAVA="$java" PROCESS_EXECUTOR_RUNTIME="$work/runtime" \
    LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT=180 LAMBDA_SYNCHRONOUS_CREATE=1 \
    LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC=0.05 LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC=0.5 \
    LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_ERROR_SEC=2 SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL=3 \
    "$venv/bin/python" -m localstack.runtime.main >"$log" 2>&1 &
  server=$!
  for _ in {1..360}; do
    kill -0 "$server" 2>/dev/null || die "LocalStack ended while it started: see $log"
    healthy "$endpoint" && return
    sleep 0.5
  done
  die "LocalStack is not ready after three minutes: see $log"
}

python=$(find_python || install_python) || true
fits "$python" ||
  die "no Python 3.13 with its venv module: install python3.13-venv (Debian 13 has it), or a Python 3.13 by pyenv, or uv"
java=$("$root/.ci/jdk.sh")/bin/java
venv=$("$root/.ci/python/install.sh" localstack "$python")
install_plugin

say "building what is deployed"
maven --quiet --file "$root/pom.xml" package -DskipTests
maven --quiet --file "$here/runtime/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/runtime"

begin=$SECONDS
start
say "LocalStack is ready at $endpoint after $((SECONDS - begin)) s"
PATH=$venv/bin:$PATH maven --file "$root/pom.xml" test -Dlocalstack.endpoint="$endpoint" "$@"
say "passed in $((SECONDS - begin)) s"
