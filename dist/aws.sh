#!/usr/bin/env bash
# Makes flake-relay-VERSION-aws.tar.gz of what Maven has packaged: template, archives of the functions and of the layers, an example
# of relay.yaml. `sam deploy` in it needs no build.
#
#   aws.sh VERSION OUT     OUT is the folder for the archive and its .sha256
set -euo pipefail
export LC_ALL=C TZ=UTC

version=$1 out=$2
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
name=flake-relay-$version-aws
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
tree=$work/$name

zipped() { # zipped FOLDER FILE: the same bytes of the same files
  find "$1" -exec touch --no-dereference --date=@315532800 {} +
  (cd "$1" && find . -type f -o -type l | sort | zip -q -X -y -@ "$2")
}

mkdir -p "$tree/config" "$out"
sed -f "$root/dist/aws-template.sed" "$root/template.yaml" >"$tree/template.yaml"
cp "$root"/{samconfig.toml,LICENSE} "$tree"
cp "$root/config/aws/relay.yaml" "$tree/config"
cp -r "$root/target/lambda" "$work/functions"
zipped "$work/functions" "$tree/functions.zip"
for arch in amd64:x86_64 arm64:arm64; do
  "$root/layer/build.sh" --arch "${arch%:*}" --out "$work/${arch#*:}" >/dev/null
  zipped "$work/${arch#*:}" "$tree/nix-${arch#*:}.zip"
done
find "$tree" -exec touch --date=@315532800 {} +
tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=posix \
  --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -C "$work" "$name" | gzip -n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
