#!/usr/bin/env bash
# Tests build.sh and nix.sh against the real packages: about three minutes. As root, the built nix runs like in Lambda:
# in a root folder that has nothing but a shell, a few coreutils and this machine's (older) glibc, as a uid without
# passwd entry, with only /tmp writable. Without root it runs with an empty environment only.
# shellcheck disable=SC2016 # what stands in single quotes is for apt-get and another sh to expand
set -euo pipefail
export LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tmp=$(mktemp -d)
chmod 755 "$tmp"
server=''
trap '[[ -z $server ]] || kill "$server" 2>/dev/null; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
native=$(dpkg --print-architecture) suite=trixie
# shellcheck source=.ci/checks.sh
. "$here/../.ci/checks.sh"
smaller() { (($(stat -c %s "$1") <= $2)); }

# --- build.sh: both architectures, twice.
all_elf() { # all_elf CODE DIR: every program and library is of this architecture (e_machine)
  local file
  for file in "$2"/nix/lib/* "$2"/nix/libexec/elf/*; do
    [[ $(od -An -tx1 -j18 -N2 "$file") == " $1" ]] || { echo "$file"; return 1; }
  done
}
# The second run reads apt's sources in the other of the two formats: one line each, with options.
apt-get indextargets --no-release-info 'Created-By: Packages' \
  --format 'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)' |
  sort -u >"$tmp/sources.list"
echo "Dir::Etc::sourcelist \"$tmp/sources.list\"; Dir::Etc::sourceparts \"/dev/null\";" >"$tmp/apt-2.conf"
: >"$tmp/apt-1.conf"
has_licences() { # has_licences DIR: one file for each package
  diff <(cut -d' ' -f1 "$1/nix/packages.txt") <(basename -s .copyright "$1"/nix/share/doc/* | sort)
}
has_certificates() { # has_certificates DIR: more than a hundred, and nothing else
  awk '/BEGIN CERTIFICATE/ {n++} /^[^A-Za-z0-9+\/=-]/ {bad = 1} END {print n; exit bad || n < 100}' "$1/nix/etc/ca-bundle.crt"
}
for arch in amd64 arm64; do
  for run in 1 2; do
    check "builds for $arch, run $run" env APT_CONFIG="$tmp/apt-$run.conf" "$here/build.sh" --arch $arch --out "$tmp/$arch-$run" --zip "$tmp/$arch-$run.zip"
    echo "        folder $(du -sk "$tmp/$arch-$run" | cut -f1) kB, zip $(stat -c %s "$tmp/$arch-$run.zip") bytes"
  done
  check "zip for $arch is the same twice" cmp "$tmp/$arch-1.zip" "$tmp/$arch-2.zip"
  check "zip for $arch has at most 25,000,000 bytes" smaller "$tmp/$arch-1.zip" 25000000
  check "leaves nothing but nix in the folder for $arch" prints nix ls -A "$tmp/$arch-1"
  check "has certificates for $arch" has_certificates "$tmp/$arch-1"
  check "ships the licence of every package for $arch" has_licences "$tmp/$arch-1"
  for package in nix-bin git openssh-client ca-certificates libc6 zlib1g; do
    check "packages.txt for $arch lists $package" grep -q "^$package [0-9]" "$tmp/$arch-1/nix/packages.txt"
  done
done
check "amd64 has only amd64 code" all_elf "3e 00" "$tmp/amd64-1"
check "arm64 has only arm64 code" all_elf "b7 00" "$tmp/arm64-1"
check "refuses an unknown architecture" fails_with 2 "--arch amd64" "$here/build.sh" --arch mips --out "$tmp/no"
check "refuses a missing --out" fails_with 2 "--out" "$here/build.sh"
check "says which suite has no nix" fails_with 1 "RELAY_NIX_SUITE" env RELAY_NIX_SUITE=nosuch "$here/build.sh" --out "$tmp/no"
# A repository that nobody signed, on a machine whose apt would take it.
unsigned=$tmp/unsigned/dists/$suite
mkdir -p "$unsigned/main/binary-$native"
printf 'Package: nix-bin\nVersion: 99\nArchitecture: all\n' >"$unsigned/main/binary-$native/Packages"
printf 'Suite: %s\nSHA256:\n %s %s main/binary-%s/Packages\n' "$suite" "$(sha256sum <"$unsigned/main/binary-$native/Packages" | cut -d' ' -f1)" \
  "$(stat -c %s "$unsigned/main/binary-$native/Packages")" "$native" >"$unsigned/Release"
echo "deb [trusted=yes allow-insecure=yes] file:$tmp/unsigned stable main" >"$tmp/unsigned.list"
echo "Dir::Etc::sourcelist \"$tmp/unsigned.list\"; Dir::Etc::sourceparts \"/dev/null\"; Acquire::AllowInsecureRepositories \"true\";
  APT::Get::AllowUnauthenticated \"true\";" >"$tmp/apt-unsigned.conf"
check "refuses packages that nobody signed" fails_with 1 "is not signed" env APT_CONFIG="$tmp/apt-unsigned.conf" "$here/build.sh" --out "$tmp/no"
check "leaves nothing behind after a failure" prints "" ls -A "$tmp/no"

# --- The built nix, like in Lambda.
root=$tmp/root
job=/tmp/job                        # as nix sees it
files=$root$job                     # as we see it
if [[ $(id -u) != 0 ]]; then root='' job=$tmp/job files=$tmp/job; fi
mkdir -p "$files" "$root"/opt 2>/dev/null || true
layer=/opt/nix
ca=(NIX_SSL_CERT_FILE="$job/ca.pem")
run() { # run COMMAND...: with nothing but the environment that flake-relay sets
  local environment=("${ca[@]}" HOME="$job/home" XDG_CACHE_HOME="$job/cache" NIX_STORE_DIR="$job/store" NIX_STATE_DIR="$job/state"
    NIX_LOG_DIR="$job/log" GIT_SSH_COMMAND="ssh -o BatchMode=yes" NIX_CONFIG="
experimental-features = nix-command flakes
flake-registry =
accept-flake-config = false
gc-reserved-space = 0
warn-dirty = false
connect-timeout = 5
download-attempts = 1")
  if [[ $root ]]; then
    unshare --mount sh -c 'mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && exec chroot --userspec=993:990 --groups= "$0" "$@"' \
      "$root" /usr/bin/env -i "${environment[@]}" "$@"
  else
    env -i "${environment[@]}" "$@"
  fi
}
if [[ $root ]]; then
  mkdir -p "$root"/{dev,proc,etc,usr/bin,opt}
  ln -s usr/bin "$root/bin"
  for program in sh env id readlink mv cat; do
    cp -L "$(type -P "$program")" "$root/usr/bin/"
    for library in $(ldd "$(type -P "$program")" | grep -o '/[^ ]*'); do
      mkdir -p "$root$(dirname "$library")"
      cp -Ln "$library" "$root$library"
    done
  done
  cp -r "$tmp/$native-1/nix" "$root/opt/nix"
  chmod 1777 "$root/tmp"
else
  layer=$tmp/$native-1/nix
fi
ln -s "$layer/bin/nix" "$files/link"

# The second commit is there to see that it is not the one that gets locked.
git init -q -b main "$files/source"
echo '{ outputs = _: { }; }' >"$files/source/flake.nix"
git=(git -C "$files/source" -c user.name=test -c user.email=test@example.org)
"${git[@]}" add .
"${git[@]}" commit -q -m first
revision=$("${git[@]}" rev-parse HEAD)
"${git[@]}" commit -q --allow-empty -m second
git clone -q --bare "$files/source" "$files/bare.git"
# A repository as plain files for a server that knows nothing of git, which looks for a file named like the query.
git clone -q --bare "$files/source" "$files/www/repo.git"
git -C "$files/www/repo.git" update-server-info
cp "$files/www/repo.git/info/refs" "$files/www/repo.git/info/refs?service=git-upload-pack"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$tmp/key.pem" -out "$files/ca.pem" 2>/dev/null
listens() { (: <>"/dev/tcp/localhost/$port") 2>/dev/null; }
until [[ $server ]]; do # another program may have the port
  port=$((20000 + RANDOM % 10000))
  ! listens || continue
  (cd "$files/www" && exec openssl s_server -accept "$port" -cert "$files/ca.pem" -key "$tmp/key.pem" -WWW -quiet >/dev/null 2>&1) &
  server=$!
  until listens; do
    kill -0 "$server" 2>/dev/null || { server=''; break; }
    sleep 0.1
  done
done
mkdir "$files/home"
[[ -z $root ]] || chown -R 993:990 "$files"

lock() { # lock URL: locks an input of this URL to the first commit
  rm -rf "$files/target"
  mkdir "$files/target"
  echo "{ inputs.source.url = \"$1?ref=main\"; outputs = _: { }; }" >"$files/target/flake.nix"
  [[ -z $root ]] || chown -R 993:990 "$files/target"
  run "$layer/bin/nix" flake lock "path:$job/target" --override-input source "$1?ref=main&rev=$revision"
}
locks() { lock "$1" && has "$files/target/flake.lock" "\"rev\": \"$revision\""; }

check "nix runs" run "$layer/bin/nix" --version
check "nix runs through a symlink" run "$job/link" --version
check "locks git+file of a repository with work tree" locks "git+file://$job/source"
check "locks git+file of a bare repository" locks "git+file://$job/bare.git"
check "locks git+https behind the CA of NIX_SSL_CERT_FILE" locks "git+https://localhost:$port/repo.git"
if [[ $root ]]; then
  # It stands for an authority that the layer trusts.
  cat "$files/ca.pem" >>"$root/opt/nix/etc/ca-bundle.crt"
  ca=()
  check "locks git+https behind the layer's own certificates where there are no others" locks "git+https://localhost:$port/repo.git"
  ca=(NIX_SSL_CERT_FILE="$job/ca.pem")
fi
refused() { ! lock "git+ssh://git@127.0.0.1:1/repo" 2>"$tmp/output" && has "$tmp/output" "port 1: Connection refused"; }
check "git+ssh gets as far as connecting, also without passwd entry" refused
# Such as for a library that nix loads by itself, or for git's templates.
warns_of_nothing() {
  lock "git+https://localhost:$port/repo.git" >"$tmp/output" 2>&1 && cat "$tmp/output"
  ! grep warning: "$tmp/output" | grep -v "creating lock file"
}
check "nothing is missed with a warning" warns_of_nothing

# --- nix.sh
fake() { # fake DIR VERSION: a nix that knows nothing but its version
  mkdir -p "$tmp/$1"
  printf '#!/bin/sh\necho "nix (Nix) %s"\n' "$2" >"$tmp/$1/nix"
  chmod 755 "$tmp/$1/nix"
}
fake new 2.30.0
fake enough 2.19.7
fake old 2.18.9
export XDG_CACHE_HOME=$tmp/cache
unset RELAY_NIX RELAY_NIX_SUITE
check "takes RELAY_NIX" prints "$tmp/new/nix" env RELAY_NIX="$tmp/new/nix" PATH="$tmp/enough:$PATH" "$here/nix.sh"
check "takes the nix on PATH" prints "$tmp/enough/nix" env PATH="$tmp/enough:$PATH" "$here/nix.sh"
check "passes over a RELAY_NIX that is too old" prints "$tmp/new/nix" env RELAY_NIX="$tmp/old/nix" PATH="$tmp/new:$PATH" "$here/nix.sh"
mkdir "$tmp/bare"
ln -s "$(type -P bash)" "$(type -P dirname)" "$tmp/bare"
check "says what to do where nothing can be built" fails_with 2 "install nix" env PATH="$tmp/old:$tmp/bare" bash "$here/nix.sh"
twice() {
  local first
  env PATH="$tmp/old:$PATH" "$here/nix.sh" >"$tmp/one" 2>"$tmp/one.err" & first=$!
  env PATH="$tmp/old:$PATH" "$here/nix.sh" >"$tmp/two" 2>"$tmp/two.err"
  wait "$first" && cat "$tmp"/one* "$tmp"/two*
  cmp "$tmp/one" "$tmp/two" && [[ $(cat "$tmp/one.err" "$tmp/two.err" | wc -l) == 1 ]]
}
check "two at once build once, and say so once" twice
built=$(cat "$tmp/one")
check "what was built is kept" fails_with 0 "$built" env PATH="$tmp/old:$PATH" "$here/nix.sh" --link "$tmp/links/nix"
check "--link makes a symlink that runs" "$tmp/links/nix" --version
cache=${built%/nix/bin/nix}
outdated() { # outdated STAMP AGE
  touch -d "$2 ago" "$cache/$1"
}
asks() { # asks =|!=: in one line, and goes on with the same build or with another
  local before
  before=$(readlink "$cache/nix")
  outdated asked "2 days"
  env PATH="$tmp/old:$PATH" "$here/nix.sh" >"$tmp/one" 2>"$tmp/one.err" && cat "$tmp/one.err" "$cache/asked"
  [[ $(wc -l <"$tmp/one.err") == 1 && ! -s $cache/asked ]] && "$built" --version && test "$(readlink "$cache/nix")" "$1" "$before"
}
check "keeps what is Debian's newest" asks =
sed -i 's/^\(libssl[^ ]*\) .*/\1 3.0.0-1/' "$cache/nix/packages.txt"
check "is built anew when Debian has a newer OpenSSL" asks !=
sed -i 's/^\(libssl[^ ]*\) .*/\1 999-1/' "$cache/nix/packages.txt"
check "takes no older packages" asks =
echo 'Acquire::http::Proxy "http://127.0.0.1:1"; Acquire::https::Proxy "http://127.0.0.1:1";' >"$tmp/offline.conf"
offline() {
  outdated asked "2 days"
  outdated compared "31 days"
  env PATH="$tmp/old:$PATH" APT_CONFIG="$tmp/offline.conf" "$here/nix.sh" 2>&1 | tee "$tmp/output"
  has "$tmp/output" "warning: the built nix is of" "Could not connect" "$built"
}
check "without a network it is kept, with a warning after a month" offline

summary
