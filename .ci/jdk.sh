#!/usr/bin/env bash
# Prints the home of a JDK 25: JAVA_HOME, or one in /usr/lib/jvm.
set -euo pipefail

for home in "${JAVA_HOME:-/nonexistent}" /usr/lib/jvm/*; do
  if grep -qs '^JAVA_VERSION="25' "$home/release" && [[ -x $home/bin/jlink ]]; then
    echo "$home"
    exit
  fi
done
echo "jdk.sh: no JDK 25 in JAVA_HOME or /usr/lib/jvm: install one" >&2
exit 1
