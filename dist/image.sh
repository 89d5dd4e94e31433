#!/usr/bin/env bash
# Makes flake-relay-VERSION-linux-ARCH.image.tar of the archive of build.sh, for "docker load" and "podman load": the archive in
# /opt/flake-relay, a shell and coreutils of this machine's Debian, and nothing else. Needs no container engine.
#
#   image.sh VERSION OUT CLASSPATH     OUT has the archive, and gets the image; CLASSPATH is Jib's
set -euo pipefail
export LC_ALL=C
umask 022

version=$1 out=$2 classpath=$3
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
name=flake-relay-$version-linux-$(uname -m)
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
case $(uname -m) in
  x86_64) architecture=amd64 loader=lib64/ld-linux-x86-64.so.2 ;;
  aarch64) architecture=arm64 loader=lib/ld-linux-aarch64.so.1 ;;
esac

packages=(base-files coreutils dash libacl1 libattr1 libc6 libgmp10 libpcre2-8-0 libselinux1 libssl3 libssl3t64 libzstd1 zlib1g)
mkdir -p "$work"/{debs,packages}
cd "$work/debs"
for package in "${packages[@]}"; do
  # coreutils needs libssl in newer Debians, which has had two names.
  apt-get -qq -o APT::Sandbox::User=root download "$package" 2>/dev/null || [[ $package == libssl* ]]
done
for package in *.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/packages"
done

# Jib knows no links: what is needed of the packages is copied, without /bin, /lib and /lib64 being links to /usr.
image=$work/image
mkdir -p "$image"/{bin,dev,etc/flake-relay,lib64,opt,proc,tmp,usr/bin,usr/lib,var/lib/flake-relay}
cp -rL "$work"/packages/usr/lib/*-linux-gnu "$image/usr/lib/"
[[ ! -d $work/packages/lib ]] || cp -rL "$work"/packages/lib/*-linux-gnu "$image/usr/lib/"
rm -rf "$image"/usr/lib/*/{gconv,audit,engines-3,ossl-modules}
for each in "$work"/packages/{usr/,}bin; do
  [[ ! -d $each ]] || cp -L "$each"/* "$image/usr/bin"
done
cp "$image/usr/bin/dash" "$image/bin/sh"
mkdir -p "$image/$(dirname "$loader")"
cp -L "$image"/usr/lib/*/"${loader##*/}" "$image/$loader"
cp -L "$work/packages/usr/lib/os-release" "$image/etc/os-release"
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'flake-relay:x:65532:65532::/var/lib/flake-relay:/bin/sh' >"$image/etc/passwd"
printf '%s\n' 'root:x:0:' 'flake-relay:x:65532:' >"$image/etc/group"
chmod 1777 "$image/tmp"
chmod 700 "$image/var/lib/flake-relay"
tar -xzf "$out/$name.tar.gz" -C "$image/opt"
mv "$image/opt/$name" "$image/opt/flake-relay"

java=$("$root/.ci/jdk.sh")/bin/java
"$java" -cp "$classpath" "$root/.mvn/Image.java" "$image" "$version" "$architecture" "$out/$name.image.tar" >/dev/null
echo "$out/$name.image.tar"
