#!/usr/bin/env bash
# Prints the path of a usable nix: $RELAY_NIX, the one on PATH, or one that is built from Debian's packages and cached
# (outside of the work tree, so that it survives a clean build). A built one is compared with Debian's newest packages when a
# day has passed since the last time, and built anew if one of them is newer.
#
#   nix.sh [--link FILE]     --link: makes FILE a symlink to it, too
#   nix.sh --about           says in one line which nix that is now, of what and of when; builds nothing
set -euo pipefail

die() { echo "nix.sh: $1" >&2; exit "${2:-1}"; }

link='' about=''
case "$#/${1-}" in
  0/) ;;
  1/--about) about=yes ;;
  2/--link) link=$2 ;;
  *) die "unknown arguments: $* (usage: nix.sh [--link FILE | --about])" 2 ;;
esac

# 2.19 is the oldest with `nix flake update NAME`, which flake-relay's messages advise; it runs others itself.
usable() {
  local version
  version=$("$1" --version 2>/dev/null </dev/null) || return 1
  [[ ${version##* } =~ ^([0-9]+)\.([0-9]+) ]] || return 1
  ((BASH_REMATCH[1] > 2 || (BASH_REMATCH[1] == 2 && BASH_REMATCH[2] >= 19)))
}

found() {
  if [[ $link ]]; then
    mkdir -p "$(dirname "$link")"
    ln -sfn "$1" "$link"
  fi
  echo "$1"
  exit 0
}

for candidate in "${RELAY_NIX-}" nix; do
  path=$(type -P "$candidate") || path=''
  [[ -z $path || $path == /* ]] || path=$PWD/$path
  if [[ $path ]] && usable "$path"; then
    [[ ! $about ]] || { echo "$("$path" --version), which is $path"; exit 0; }
    found "$path"
  fi
  [[ $about || $candidate == nix || -z $candidate ]] ||
    echo "nix.sh: RELAY_NIX=$candidate does not run, or is older than 2.19: trying others" >&2
done

for tool in apt-get dpkg-deb flock; do
  [[ ! $about ]] || break
  command -v "$tool" >/dev/null ||
    die "no usable nix, and without $tool none can be built: install nix 2.19 or newer (https://nixos.org/download), or set RELAY_NIX to one" 2
done

build=$(dirname "${BASH_SOURCE[0]}")/build.sh
suite=${RELAY_NIX_SUITE:-trixie}
key=$({ cat "$build"; echo "$suite"; } | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/flake-relay/nix-$(uname -m)-$key
# What is built has a folder of its own; `nix` is a symlink to the one in use, and replaced in one step. `compared` has the
# time when Debian was last asked successfully, `asked` that of the last attempt, and what was in its way.
nix=$cache/nix/bin/nix
day=86400

age() { echo $((EPOCHSECONDS - $(stat -c %Y "$cache/$1" 2>/dev/null || echo 0))); }
date_of() { date -r "$cache/$1" +%F; }
within() { # within FILE SECONDS: not if its time is to come, as after the clock was put right
  local seconds
  seconds=$(age "$1")
  ((seconds >= 0 && seconds < $2))
}
version_of() { sed -nE "s/^$1 ([0-9]+:)?//p" "$cache/nix/packages.txt"; }

if [[ $about ]]; then
  [[ -e $nix ]] || { echo "no nix on PATH, and none built yet"; exit 0; }
  echo "nix $(version_of nix-bin), git $(version_of git), openssl $(version_of 'libssl[0-9a-z]*')," \
    "curl $(version_of 'libcurl[0-9a-z-]*'): built $(date_of built) from Debian $suite, newest there on $(date_of compared)"
  exit 0
fi

build_into_use() { # build_into_use SECONDS BUILD-OPTION...: in a folder of its own, tried before it is taken into use
  local new old
  new=$(mktemp -d "$cache/build.XXXXXX") || return
  if ! timeout -k 5 "$1" "$build" --out "$new" --lists "$cache/lists" "${@:2}"; then
    rm -rf "$new" "$cache/lists" # these may be what was wrong
    return 1
  fi
  if [[ -e $new/nix ]]; then
    usable "$new/nix/bin/nix" || { echo "nix.sh: the nix that was built from Debian's newest packages does not run" >&2; rm -rf "$new"; return 1; }
    old=$(readlink "$cache/nix" || true)
    ln -sfn "${new##*/}/nix" "$cache/new" && mv -T "$cache/new" "$cache/nix" && touch "$cache/built" || return
    # What runs may be the last one still.
    find "$cache" -maxdepth 1 -name 'build.*' ! -name "${new##*/}" ! -name "${old%%/*}" -exec rm -rf {} +
  else
    rmdir "$new"
  fi
  touch "$cache/compared"
}

mkdir -p "$cache"
exec 9>"$cache/lock"
if ! usable "$nix"; then
  flock 9
  if ! usable "$nix"; then
    echo "no usable nix on PATH: building one from Debian's packages into $cache (about half a minute)" >&2
    build_into_use 1800 9>&- >&2 || exit
    : >"$cache/asked"
  fi
elif ! within asked "$day" && flock -n 9; then # who comes meanwhile uses what is there
  echo "asking for newer packages than those of the built nix (once a day)" >&2
  # A command must not fail because Debian can't be asked.
  build_into_use 300 --newer-than "$cache/nix/packages.txt" 9>&- 2>"$cache/asked" >&2 || true
fi
if ! within compared $((30 * day)); then
  echo "nix.sh: warning: the built nix is of $(date_of built), and Debian could not be asked for newer packages since" \
    "$(date_of compared): $(tail -n1 "$cache/asked")" >&2
fi
found "$nix"
