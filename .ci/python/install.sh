#!/usr/bin/env bash
# Installs what NAME.txt lists, each file checked against its hash, and prints the folder: a Python environment in ~/.cache,
# made anew when the list or the Python changes.
#
#   install.sh NAME PYTHON
set -euo pipefail

name=$1 python=$2
list=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/$name.txt
key=$({ cat "$list" && "$python" --version; } | sha256sum | cut -c1-12)
venv=${XDG_CACHE_HOME:-$HOME/.cache}/flake-relay/$name-$key
mkdir -p "$venv"
exec 9>"$venv.lock"
flock 9
install() { # nothing that the list does not name, neither by a dependency nor for building
  "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation --requirement "$1" >&2
}
if [[ ! -e $venv/complete ]]; then
  echo "installing $name into $venv" >&2
  "$python" -m venv --clear "$venv"
  sed -n '/^setuptools==/,/[^\\]$/p' "$list" >"$venv/first.txt" # what others are built with
  [[ ! -s $venv/first.txt ]] || install "$venv/first.txt"
  install "$list"
  touch "$venv/complete"
fi
echo "$venv"
