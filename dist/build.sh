#!/usr/bin/env bash
# Makes flake-relay-VERSION-linux-ARCH.tar.gz of what Maven has packaged: the program, a Java runtime, nix with git and ssh. The same
# sources, JDK and nix make the same bytes.
#
#   build.sh VERSION OUT     OUT is the folder for the archive and its .sha256; the JDK is that of JAVA_HOME, PATH or /usr/lib/jvm
set -euo pipefail

version=$1 out=$2
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
name=flake-relay-$version-linux-$(uname -m)
oldest_java=25
# Always the same, as the archive for class data sharing has it in it.
work=/tmp/flake-relay-build
mkdir -m 700 "$work" || {
  echo "build.sh: another build works in $work, or was killed there: then delete it" >&2
  exit 1
}
trap 'rm -rf -- "$work"' EXIT
tree=$work/$name

find_jdk() {
  local java home version
  for java in "${JAVA_HOME:-/nonexistent}/bin/java" "$(command -v java || true)" /usr/lib/jvm/*/bin/java; do
    home=$(dirname -- "$(dirname -- "$(readlink -f -- "$java")")")
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
    if [ "${version:-0}" -ge "$oldest_java" ] && [ -x "$home/bin/jlink" ]; then
      printf '%s\n' "$home"
      return
    fi
  done
  echo "build.sh: no JDK $oldest_java or newer with jlink was found in JAVA_HOME, on PATH or in /usr/lib/jvm: install one" >&2
  exit 2
}

# What the program and its libraries ask for. java.desktop is there for java.beans alone.
modules=java.base,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.httpserver,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

mkdir -p "$tree"/{bin,lib/systemd/system,share/bash-completion/completions,share/doc/flake-relay,share/man/man1}
jdk=$(find_jdk)
"$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress zip-6 \
  --output "$tree/runtime" >/dev/null
cp "$root"/target/relay/flake-relay-"$version".jar "$tree/lib/flake-relay.jar"
cp -r "$root/target/relay/lib" "$tree/lib/lib"
"$jdk/bin/java" "$root/.mvn/Unsign.java" "$tree/lib/lib"

"$root/layer/build.sh" --out "$work/nix" >/dev/null
mv "$work/nix/nix" "$tree/nix"
git=$tree/nix/libexec/bin/git
sed 's/--argv0 git /--argv0 git-receive-pack /' "$git" >"$git-receive-pack" # targets on this machine are pushed to, too
chmod 755 "$git-receive-pack"

install -m 755 "$root/dist/relay" "$tree/bin/relay"
install -m 644 "$root/dist/flake-relay.service" "$tree/lib/systemd/system"
run() { "$jdk/bin/java" -XX:TieredStopAtLevel=1 -jar "$tree/lib/flake-relay.jar" "$@"; }
run completion bash >"$tree/share/bash-completion/completions/relay"
run man >"$tree/share/man/man1/relay.1"
for command in $(run --help | sed -nE 's/^  ([a-z]+) .*/\1/p'); do
  run man "$command" >"$tree/share/man/man1/relay-$command.1"
done
cp "$root"/{README.md,CHANGELOG.md,LICENSE} "$root/target/bom.json" "$tree/share/doc/flake-relay"
cp "$root"/config/relay{.yaml,.schema.json} "$tree/share/doc/flake-relay"

# Class data sharing ("The java Command", Java SE documentation) compares the times of the jars, so they get theirs now.
find "$tree" -exec touch --no-dereference --date=@315532800 {} +
"$tree/runtime/bin/java" -XX:+UseSerialGC -XX:DumpLoadedClassList="$work/loaded" -jar "$tree/lib/flake-relay.jar" \
  check --config "$root/config/relay.yaml" >/dev/null
# Without what differs from run to run: the numbers of classes, and what else was looked up (@cp).
grep -v '^#\|^@cp' "$work/loaded" | sed 's/ id: [0-9]*$//' | LC_ALL=C sort -u >"$work/classes"
"$tree/runtime/bin/java" -XX:+UseSerialGC -Xshare:dump -XX:SharedClassListFile="$work/classes" \
  -XX:SharedArchiveFile="$tree/lib/flake-relay.jsa" -cp "$tree/lib/flake-relay.jar" >"$work/dump" 2>&1 || {
  cat "$work/dump" >&2
  exit 1
}
touch --date=@315532800 "$tree/lib/flake-relay.jsa" "$tree/lib"

mkdir -p "$out"
tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=posix \
  --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime -C "$work" "$name" | gzip -n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"
