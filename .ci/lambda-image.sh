#!/usr/bin/env bash
# Sees to it that the base image of Lambda's Java runtime is in this machine's Docker, and prints its name. Where no
# registry can be reached, a stand-in of the same name is built: Debian's packages, this machine's JDK and Lambda's own
# runtime interface client, laid out, run as and limited like the official image. It has a newer glibc than that one.
#
#   lambda-image.sh CACHE RIE      CACHE: a folder to build in; RIE: Lambda's runtime interface emulator, a program
set -euo pipefail
export LC_ALL=C

cache=$1 rie=$2
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
case $(dpkg --print-architecture) in
  amd64) architecture=x86_64 loader=/lib64/ld-linux-x86-64.so.2 ;;
  arm64) architecture=arm64 loader=/lib/ld-linux-aarch64.so.1 ;;
esac
image=public.ecr.aws/lambda/java:25-$architecture
packages=(base-files bash coreutils dash grep libacl1 libattr1 libc6 libcap-ng0 libgcc-s1 libgmp10 libpcre2-8-0 libselinux1
  libstdc++6 libtinfo6 tzdata util-linux zlib1g)

# With what the official image's own file of this name does.
entrypoint() {
  cat <<'END'
#!/bin/sh
export _HANDLER="$1"
if [ -n "${AWS_LAMBDA_RUNTIME_API-}" ]; then exec /var/runtime/bootstrap; fi
exec /usr/local/bin/aws-lambda-rie /var/runtime/bootstrap
END
}

# Lambda runs functions as this user and group, whatever the container's user is.
bootstrap() {
  cat <<'END'
#!/bin/sh
cd /var/task || exit
drop=
if [ "$(id -u)" = 0 ]; then drop='setpriv --reuid=993 --regid=990 --clear-groups'; fi
exec $drop /var/lang/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MaxRAMPercentage=85 \
  --enable-native-access=ALL-UNNAMED -cp '/var/runtime/lib/*' com.amazonaws.services.lambda.runtime.api.client.AWSLambda "$_HANDLER"
END
}

build() {
  local root=$cache/root jdk modules package
  jdk=$("$here/jdk.sh")
  rm -rf "$cache"
  mkdir -p "$cache/debs" "$root"/{bin,lib64,tmp,opt,var/task,var/runtime/lib,usr/local/bin}
  rmdir "$root/bin" "$root/lib64"
  mkdir -p "$root"/usr/{bin,lib,lib64}
  ln -s usr/bin "$root/bin"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  chmod 1777 "$root/tmp"
  apt-get -qq update
  (cd "$cache/debs" && apt-get -qq -o APT::Sandbox::User=root download "${packages[@]}")
  for package in "$cache"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --keep-directory-symlink
  done
  ln -sf bash "$root/usr/bin/sh"
  [[ -e $root$loader ]] || { echo "lambda-image.sh: the packages brought no $loader" >&2; return 1; }

  # jlink can't link itself into what it makes.
  modules=$("$jdk/bin/java" --list-modules | cut -d@ -f1 | grep -vxE 'jdk\.(jlink|jpackage)' | paste -sd,)
  "$jdk/bin/jlink" --add-modules "$modules" --no-header-files --no-man-pages --generate-cds-archive --output "$root/var/lang"
  mvn -q -B -f "$here/localstack/runtime/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$root/var/runtime/lib"
  entrypoint >"$root/lambda-entrypoint.sh"
  bootstrap >"$root/var/runtime/bootstrap"
  cp "$rie" "$root/usr/local/bin/aws-lambda-rie"
  chmod 755 "$root/lambda-entrypoint.sh" "$root/var/runtime/bootstrap" "$root/usr/local/bin/aws-lambda-rie"
  tar -c -C "$root" --owner=0 --group=0 . | docker import \
    --change 'ENV PATH=/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin LANG=en_US.UTF-8 TZ=:/etc/localtime' \
    --change 'ENV LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib' \
    --change 'ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime' \
    --change 'WORKDIR /var/task' --change 'ENTRYPOINT ["/lambda-entrypoint.sh"]' - "$image" >/dev/null
  # What SAM made of an older one.
  docker rmi -f "public.ecr.aws/lambda/java:25-rapid-$architecture" >/dev/null 2>&1 || true
  rm -rf "$cache"
}

if ! docker image inspect "$image" >/dev/null 2>&1 && ! timeout 300 docker pull -q "$image" >/dev/null 2>&1; then
  echo "lambda-image.sh: $image can't be pulled: building a stand-in" >&2
  build >&2
fi
echo "$image"
