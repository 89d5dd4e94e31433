#!/usr/bin/env bash
# Prints the path of a usable nix: $RELAY_NIX, the one on PATH, or one that is built from Debian's packages and cached
# (outside of the work tree, so that it survives a clean build).
#
#   nix.sh [--link FILE]     --link: makes FILE a symlink to it, too
set -euo pipefail

die() { echo "nix.sh: $1" >&2; exit "${2:-1}"; }

link=''
case "$#/${1-}" in
  0/) ;;
  2/--link) link=$2 ;;
  *) die "unknown arguments: $* (usage: nix.sh [--link FILE])" 2 ;;
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
  if [[ $path ]] && usable "$path"; then found "$path"; fi
  [[ $candidate == nix || -z $candidate ]] || echo "nix.sh: RELAY_NIX=$candidate does not run, or is older than 2.19: trying others" >&2
done

for tool in apt-get dpkg-deb flock; do
  command -v "$tool" >/dev/null ||
    die "no usable nix, and without $tool none can be built: install nix 2.19 or newer (https://nixos.org/download), or set RELAY_NIX to one" 2
done
build=$(dirname "${BASH_SOURCE[0]}")/build.sh
key=$({ cat "$build"; echo "${RELAY_NIX_SUITE:-trixie}"; } | sha256sum | cut -c1-12)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/flake-relay/nix-$(dpkg --print-architecture)-$key
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if ! usable "$cache/nix/bin/nix"; then
  echo "no usable nix on PATH: building one from Debian's packages into $cache (about half a minute)" >&2
  "$build" --out "$cache" 9>&- >&2
  usable "$cache/nix/bin/nix" || die "the nix in $cache does not run: set RELAY_NIX to one of 2.19 or newer"
fi
found "$(cd "$cache" && pwd)/nix/bin/nix"
