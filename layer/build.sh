#!/usr/bin/env bash
# Builds a relocatable folder with nix, git, ssh and certificates from Debian's packages: the Lambda layer, and the nix of machines
# that have none. Needs only what every Debian has, and zip for --zip. Runs nothing that it downloads, so that arm64
# builds on amd64.
#
#   build.sh [--arch amd64|arm64] --out DIR [--zip FILE] [--lists DIR] [--newer-than FILE]
#
# --lists: keeps apt's lists of packages there, so that the next look at them is quick
# --newer-than: builds only if Debian has newer packages than those in this packages.txt, and gives up early on a network that
# does not answer
# RELAY_NIX_SUITE: the Debian suite, default trixie (nix 2.26; bookworm's 2.8 is too old for flake-relay)
# shellcheck disable=SC2016 # what stands in single quotes is for apt-get, perl and the wrappers to expand
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

die() { echo "build.sh: $1" >&2; exit "${2:-1}"; }
usage() { die "$1 (usage: build.sh [--arch amd64|arm64] --out DIR [--zip FILE] [--lists DIR] [--newer-than FILE])" 2; }

arch='' out='' zip='' lists='' newer_than='' suite=${RELAY_NIX_SUITE:-trixie}
while (($#)); do
  case $1 in
    --arch | --out | --zip | --lists | --newer-than)
      (($# > 1)) || usage "$1 needs a value"
      option=${1#--}
      printf -v "${option//-/_}" %s "$2"
      shift 2
      ;;
    *) usage "unknown argument $1" ;;
  esac
done
[[ $out ]] || usage "--out is missing"
for tool in apt-get dpkg-deb; do
  command -v "$tool" >/dev/null || die "$tool is missing: build on Debian, or install nix 2.19 or newer" 2
done
[[ ! $zip ]] || command -v zip >/dev/null || die "zip is missing: apt-get install zip, or leave --zip out" 2
arch=${arch:-$(dpkg --print-architecture)}
case $arch in
  amd64) triplet=x86_64-linux-gnu loader=ld-linux-x86-64.so.2 ;;
  arm64) triplet=aarch64-linux-gnu loader=ld-linux-aarch64.so.1 ;;
  *) die "unknown architecture $arch: give --arch amd64 or --arch arm64" 2 ;;
esac
[[ $suite =~ ^[a-z][a-z0-9.-]*$ ]] || die "RELAY_NIX_SUITE is no suite name: $suite" 2

mkdir -p "$out"
out=$(cd "$out" && pwd)
# Inside of --out: the finished folder is put in place with one rename, which works only within a file system.
work=$(mktemp -d "$out/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# --- An apt of our own: the machine's mirrors, keyrings, proxy and passwords, but our suite, architecture and state.
mkdir -p "${lists:=$work/apt/lists}/partial" "$work"/{apt/cache/archives/partial,debs,root,nix/bin,nix/etc,nix/lib,nix/libexec/{bin,elf},nix/share/doc}
: >"$work/apt/status" # nothing is installed, so that the closure is complete
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
apt-get indextargets --no-release-info --format '$(SOURCESENTRY) $(REPO_URI) $(RELEASE) $(COMPONENT)' \
  'Created-By: Packages' | sort -u | while read -r entry uri release component; do
  [[ $release =~ ^(${codename:-stable}|oldstable|stable|testing|unstable|sid)(-updates|-security)?$ ]] || continue
  case $suite${BASH_REMATCH[2]-} in sid-* | unstable-*) continue ;; esac # these have no such suites
  keys=$(sed -nE 's/.*[Ss]igned-[Bb]y *[:=] *(\/[^] ]+).*/\1/p' "${entry%:*}" | sort -u | paste -sd,)
  echo "deb ${keys:+[signed-by=$keys] }$uri $suite${BASH_REMATCH[2]-} $component"
done | sort -u >"$work/apt/sources.list"
[[ -s $work/apt/sources.list ]] || die "apt's sources on this machine name no Debian mirror: add one to /etc/apt/sources.list" 2
{
  # Proxies, timeouts and the like. Not the hooks, which would act on the machine's own apt.
  apt-config dump | grep '^Acquire::' | grep -v '^Acquire::IndexTargets'
  cat <<END
Acquire::Languages "none";
Acquire::GzipIndexes "true"; // a third of the disk
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
APT::Sandbox::User ""; // as root, apt would drop to a user who may not enter our folder
APT::Install-Recommends "false";
Acquire::AllowInsecureRepositories "false"; // whatever the machine's own apt may do
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
APT::Update::Error-Mode "any";
Dir::State "$work/apt";
Dir::State::status "$work/apt/status";
Dir::State::lists "$lists";
Dir::Cache "$work/apt/cache";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "$work/apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
END
  if [[ $newer_than ]]; then
    echo 'Acquire::Retries "0"; Acquire::http::Timeout "10"; Acquire::https::Timeout "10";'
  fi
} >"$work/apt/apt.conf"
export APT_CONFIG=$work/apt/apt.conf

# One of the machine's repositories may be without our suite. That is no reason to stop as long as another has nix.
within=()
[[ ! $newer_than ]] || within=(timeout 60)
"${within[@]}" apt-get -qq update 2>"$work/log" || [[ $? != 124 ]] || echo "E: no answer within a minute" >"$work/log"
problem=$(grep -m1 '^[EW]:' "$work/log" || true)
if [[ $newer_than ]]; then
  [[ ! $problem || $problem == *"does not have a Release file"* ]] || die "could not ask for newer packages: $problem"
  # Without apt's own search for a solution, which takes ten times as long. Versions that are older, as on a mirror that lags,
  # are no reason to build.
  news=''
  apt-get indextargets --format '$(FILENAME)' 'Created-By: Packages' | while read -r list; do
    /usr/lib/apt/apt-helper cat-file "$list"
  done | awk 'NR == FNR {ours[$1] = $2; next} $1 == "Package:" {name = $2}
    $1 == "Version:" && name in ours && $2 != ours[name] {print $2, ours[name]}' "$newer_than" - >"$work/others"
  while read -r theirs ours; do
    if dpkg --compare-versions "$theirs" gt "$ours"; then news=yes; fi
  done <"$work/others"
  [[ $news ]] || exit 0
fi
apt-get -qq -s install nix-bin git openssh-client libnss-wrapper ca-certificates >"$work/plan" 2>>"$work/log" ||
  die "found no nix-bin for $arch in $suite (${problem:-$(tail -n1 "$work/log")}): check network and proxy, or set RELAY_NIX_SUITE to a suite of this machine's mirror"
[[ ! $problem ]] || echo "build.sh: warning: going on without a repository: $problem" >&2
version=$(sed -n 's/^Inst nix-bin (\([^ ]*\).*/\1/p' "$work/plan")
dpkg --compare-versions "$version" ge 2.19 || die "nix-bin in $suite is $version, older than 2.19: set RELAY_NIX_SUITE to a newer suite"
mapfile -t packages < <(awk '$1 == "Inst" && $2 ~ /^(nix-bin|git|openssh-.*|ca-certificates|lib.*|zlib1g|gcc-.*-base)$/ {print $2}' "$work/plan" | sort)
(cd "$work/debs" && apt-get -qq download "${packages[@]}" 2>"$work/log") ||
  die "downloading Debian's packages failed: $(grep -m1 '^[EW]:' "$work/log")"
for deb in "$work"/debs/*.deb; do
  dpkg-deb -x "$deb" "$work/root/$(dpkg-deb -f "$deb" Package)"
done

# --- Programs, and the closure of libraries that they name.
nix=$work/nix
used=()
ship() { # ship FROM TO: copies a file of a package, and remembers the package
  local package=${1#"$work/root/"}
  used+=("${package%%/*}")
  cp -L "$1" "$2"
}
needed() { # the DT_NEEDED entries of ELF files; in perl, as every Debian has perl, but readelf comes with compilers
  perl -0777 -ne '
    my ($elf, $start, $count) = ($_, unpack "x40 Q< x12 S<", $_);
    my @sections = map { [unpack "x4 L< x16 Q< Q< L<", substr $elf, $start + 64 * $_, 64] } 0 .. $count - 1;
    for (grep { $_->[0] == 6 } @sections) { # SHT_DYNAMIC, whose link is its string table
      my ($type, $offset, $size, $link) = @$_;
      my @entries = unpack "(Q< Q<)*", substr $elf, $offset, $size;
      while (my ($tag, $value) = splice @entries, 0, 2) {
        print unpack("Z*", substr $elf, $sections[$link][1] + $value, 256), "\n" if $tag == 1;
      }
    }' "$@"
}
root=$work/root elf=$nix/libexec/elf
ship "$root/nix-bin/usr/bin/nix" "$elf/nix"
ship "$root/git/usr/bin/git" "$elf/git"
ship "$root/git/usr/lib/git-core/git-remote-http" "$elf/git-remote-http"
ship "$root/openssh-client/usr/bin/ssh" "$elf/ssh"
ship "$root/libc6/usr/lib/$triplet/$loader" "$nix/lib/$loader"
# Named by no program, but loaded: by nix before it asks for a host, and by ssh's wrapper.
ship "$root/libc6/usr/lib/$triplet/libnss_dns.so.2" "$nix/lib/libnss_dns.so.2"
ship "$root/libnss-wrapper/usr/lib/$triplet/libnss_wrapper.so" "$nix/lib/libnss_wrapper.so"
objects=("$elf"/* "$nix"/lib/libnss_*)
while ((${#objects[@]})); do
  names=$(needed "${objects[@]}" | sort -u)
  objects=()
  for name in $names; do
    [[ ! -e $nix/lib/$name ]] || continue
    from=("$root"/*/usr/lib/"$triplet/$name")
    [[ -e ${from[0]} ]] || die "$name is in none of the packages: build.sh's list of packages needs one more"
    ship "${from[0]}" "$nix/lib/$name"
    objects+=("$nix/lib/$name")
  done
done

# --- Certificates, for where there are none at the place where nix looks, as in Lambda.
used+=(ca-certificates)
cat "$root"/ca-certificates/usr/share/ca-certificates/mozilla/*.crt >"$nix/etc/ca-bundle.crt"

# --- Wrappers, as the programs' own loader path is the machine's, with an older glibc or none at all.
wrapper() { # wrapper FILE PROGRAM LOADER-OPTIONS: completes a script from stdin, which sets $d to the folder nix
  { echo '#!/bin/sh'; cat; echo "exec \"\$d/lib/$loader\" --library-path \"\$d/lib\" $3 \"\$d/libexec/elf/$2\" \"\$@\""; } >"$1"
  chmod 755 "$1"
}
# Our git and ssh come first: they fit each other, and lock the same on every machine.
# nix is several programs, of which its own name says which one it is.
wrapper "$nix/bin/nix" nix '--argv0 "${0##*/}"' <<'END'
PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}
d=$(readlink -f "$0") && d=${d%/bin/*} || exit
export PATH="$d/libexec/bin:$PATH"
if [ -z "${NIX_SSL_CERT_FILE-}${SSL_CERT_FILE-}" ] && ! [ -e /etc/ssl/certs/ca-certificates.crt ]; then
  export NIX_SSL_CERT_FILE="$d/etc/ca-bundle.crt"
fi
END
ln -s nix "$nix/bin/nix-instantiate" # as in every installation of nix
# Git starts itself by these names, with the whole path.
for name in git git-upload-pack git-remote-http git-remote-https; do
  program=git
  [[ $name != git-remote-* ]] || program=git-remote-http
  wrapper "$nix/libexec/bin/$name" "$program" "--argv0 $name" <<'END'
d=${0%/libexec/*}
export GIT_EXEC_PATH="$d/libexec/bin"
ca=${GIT_SSL_CAINFO:-${NIX_SSL_CERT_FILE-}}
[ -z "$ca" ] || export GIT_SSL_CAINFO="$ca"
END
done
# ssh refuses to run as a uid without passwd entry, as containers may have it: give it one, whose home is $HOME.
wrapper "$nix/libexec/bin/ssh" ssh '--argv0 ssh ${wrap:+--preload libnss_wrapper.so}' <<'END'
d=${0%/libexec/*} wrap=
if ! id -un >/dev/null 2>&1 && [ -w "${HOME:-/}" ]; then
  passwd=$HOME/.flake-relay-passwd
  echo "relay:x:$(id -u):$(id -g)::$HOME:/bin/sh" >"$passwd.$$" && mv "$passwd.$$" "$passwd"
  export NSS_WRAPPER_PASSWD="$passwd" NSS_WRAPPER_GROUP=/etc/group
  wrap=yes
fi
END

# --- Where it comes from: packages and licences.
for package in $(printf '%s\n' "${used[@]}" | sort -u); do
  echo "$package $(dpkg-deb -f "$work/debs/${package}"_*.deb Version)"
  docs=$(readlink -f "$root/$package/usr/share/doc/$package") # may be a link to another package's
  docs=${docs##*/}
  cp "$root/$docs/usr/share/doc/$docs/copyright" "$nix/share/doc/$package.copyright"
done >"$nix/packages.txt"

chmod -R u=rwX,go=rX "$nix"
find "$nix" -exec touch -h -d 1980-01-01T00:00:00Z {} + # for a zip that is the same on every run
if [[ $zip ]]; then
  (cd "$work" && find nix | sort | zip -q -X -9 -@ layer.zip)
  mkdir -p "$(dirname "$zip")" && mv "$work/layer.zip" "$zip"
fi
[[ ! -e $out/nix ]] || mv "$out/nix" "$work/old"
mv "$nix" "$out/nix"
