# Counts and reports checks; for scripts that source it, which set $tmp to a folder of their own and end with `summary`.
# shellcheck shell=bash disable=SC2154 # tmp is the script's

passed=0 failed=0

check() { # check NAME COMMAND...: inside of the command `set -e` does not count, so && joins what must succeed
  local name=$1 begin=$SECONDS
  shift
  if "$@" >"$tmp/log" 2>&1; then
    passed=$((passed + 1))
    echo "ok      $name ($((SECONDS - begin)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $name: $*"
    sed 's/^/        | /' "$tmp/log"
  fi
}
must() { # must NAME COMMAND...: a check without which the others can't run
  local before=$failed
  check "$@"
  ((failed == before)) || { echo "the rest was not run"; summary; exit 1; }
}
summary() { # fails if a check did
  echo "$passed passed, $failed failed"
  ((failed == 0))
}
has() { # has FILE TEXT...: each text is in the file
  local text
  cat "$1"
  for text in "${@:2}"; do
    grep -qF -- "$text" "$1" || { echo "lacks: $text"; return 1; }
  done
}
fails_with() { # fails_with CODE TEXT COMMAND...: exits with CODE after exactly one line, which has TEXT
  local code=0
  "${@:3}" >"$tmp/output" 2>&1 || code=$?
  cat "$tmp/output"
  [[ $code == "$1" && $(wc -l <"$tmp/output") == 1 ]] && grep -qF -- "$2" "$tmp/output"
}
prints() { # prints TEXT COMMAND...: exits with 0, and TEXT is all of stdout
  [[ $("${@:2}") == "$1" ]]
}
within() { # within SECONDS COMMAND...: waits until it succeeds
  local end=$((SECONDS + $1))
  until "${@:2}"; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}
