#!/usr/bin/env bash
# The archive of a release: builds it twice, compares, and runs it where there is nothing else: in a root of a few Debian
# packages, without Java, Maven, nix and git. On Debian, as root; takes three minutes.
set -euo pipefail
export LC_ALL=C

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT
# shellcheck source=.ci/checks.sh
. .ci/checks.sh

largest=$((120 * 1000 * 1000))

package() { mvn -q -B --no-transfer-progress -Pdist,image package -DskipTests && archive=$(echo target/dist/flake-relay-*-linux-*.tar.gz) && [[ -f $archive ]]; }
same_bytes_again() {
  local version=${archive#target/dist/flake-relay-}
  dist/build.sh "${version%%-linux-*}" "$tmp/again" && cmp "$archive" "$tmp/again/${archive##*/}"
}
at_most() { stat -c '%s bytes' "$2" && (($(stat -c %s "$2") <= $1)); }
checksum() { (cd target/dist && sha256sum --check -- *.sha256); }
unpack() { tar -xzf "$archive" -C "$1" && mv "$1"/flake-relay-* "$1/flake-relay"; }
holds() { # holds PATH...
  local each
  for each in "$@"; do
    [[ -s $tmp/opt/flake-relay/$each ]] || { echo "lacks $each"; return 1; }
  done
}
man_pages_are_clean() { # as troff warns
  local page
  for page in "$tmp"/opt/flake-relay/share/man/man1/*.1; do
    man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null | grep . && return 1
  done
  true
}
completion_offers_serve() {
  # shellcheck disable=SC2016 # for the other shell to expand
  bash -c '. "$1"; COMP_WORDS=(relay s); COMP_CWORD=1; COMP_LINE="relay s"; COMP_POINT=7; complete -p relay; f=$(complete -p relay | sed -E "s/.*-F ([^ ]+).*/\1/"); $f; printf "%s\n" "${COMPREPLY[@]}"' \
    bash "$tmp/opt/flake-relay/share/bash-completion/completions/relay" >"$tmp/out" && has "$tmp/out" serve send status
}

empty_root() { # a Debian with a shell and coreutils
  local package
  mkdir -p "$tmp/debs" "$tmp/root"/{dev,proc,root,tmp,opt,usr/{bin,lib,lib64}}
  ln -s usr/bin usr/lib usr/lib64 "$tmp/root"
  apt-get -qq update
  (cd "$tmp/debs" && apt-get -qq -o APT::Sandbox::User=root download base-files bash coreutils dash libacl1 libattr1 libc6 libgmp10 \
    libpcre2-8-0 libselinux1 libtinfo6)
  for package in "$tmp"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$tmp/root" --keep-directory-symlink
  done
  ln -sf dash "$tmp/root/usr/bin/sh"
  unpack "$tmp/root/opt"
}
in_root() { # in_root COMMAND...: in namespaces of its own, so that nothing stays mounted
  # shellcheck disable=SC2016 # for the other shell to expand
  unshare --mount --pid --fork sh -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" env -i PATH=/usr/bin HOME=/root "$@"' \
    "$tmp/root" "$@"
}
has_no() { # has_no PROGRAM...
  # shellcheck disable=SC2016 # for the other shell to expand
  in_root sh -c 'for each; do ! command -v "$each" || exit; done' sh "$@"
}

aws_archive() { # as dist/aws-template.sed names them
  local version=${archive#target/dist/flake-relay-} each
  dist/aws.sh "${version%%-linux-*}" "$tmp/aws" && tar -xzf "$tmp"/aws/*.tar.gz -C "$tmp/aws" --strip-components=1 || return
  while read -r each; do
    [[ -s $tmp/aws/$each ]] || { echo "lacks $each"; return 1; }
  done < <(sed -nE 's/^ +(Code|Content)Uri: //p' "$tmp/aws/template.yaml")
  unzip -l "$tmp/aws/functions.zip" >"$tmp/out" && has "$tmp/out" dev/flakerelay/lambda/ReceiveHandler.class &&
    unzip -l "$tmp/aws/nix-arm64.zip" >"$tmp/out" && has "$tmp/out" nix/bin/nix
}

must "the archive" package
check "the same bytes again" same_bytes_again
check "at most 120 MB" at_most "$largest" "$archive"
check "its checksum is right" checksum
check "the archive for AWS has what its template names" aws_archive
mkdir "$tmp/opt"
must "it unpacks" unpack "$tmp/opt"
check "unit, completion, manual pages, documents" holds lib/systemd/system/flake-relay.service share/bash-completion/completions/relay \
  share/man/man1/relay.1 share/man/man1/relay-serve.1 share/doc/flake-relay/{LICENSE,bom.json,relay.yaml,relay.schema.json}
check "the completion completes" completion_offers_serve
if command -v man >/dev/null; then
  check "troff has nothing to say about the manual pages" man_pages_are_clean
else
  echo "skipped troff has nothing to say about the manual pages: man is not installed"
fi
if [[ $(id -u) == 0 ]] && command -v apt-get dpkg-deb unshare >/dev/null; then
  must "a Debian with next to nothing" empty_root
  must "it has no Java, Maven, nix, git and ssh" has_no java mvn nix git ssh
  check "relay demo" in_root /opt/flake-relay/bin/relay demo
else
  echo "skipped relay demo in a Debian with next to nothing: that is for root on Debian"
fi
summary
