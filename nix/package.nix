# flake-relay from the archive of a release, with the Java, nix, git and ssh of nixpkgs in place of the archive's own.
{
  lib,
  stdenvNoCC,
  makeWrapper,
  jdk25_headless,
  nix,
  git,
  openssh,
  archive,
}:
stdenvNoCC.mkDerivation {
  pname = "flake-relay";
  version = lib.head (builtins.match ".*flake-relay-([0-9][^-]*)-linux-.*" (baseNameOf (archive.name or archive)));
  src = archive;
  nativeBuildInputs = [ makeWrapper ];
  dontConfigure = true;
  dontBuild = true;
  installPhase = ''
    runHook preInstall
    mkdir -p $out/share/java
    cp -r lib/flake-relay.jar lib/lib $out/share/java
    cp -r share/bash-completion share/man share/doc $out/share
    makeWrapper ${jdk25_headless}/bin/java $out/bin/relay \
      --set-default RELAY_NIX ${nix}/bin/nix \
      --suffix PATH : ${
        lib.makeBinPath [
          git
          openssh
        ]
      } \
      --set-default LC_ALL C.UTF-8 \
      --unset JAVA_TOOL_OPTIONS --unset JDK_JAVA_OPTIONS \
      --add-flags "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-PrintWarnings -Xlog:disable" \
      --add-flags "-jar $out/share/java/flake-relay.jar"
    runHook postInstall
  '';
  meta = {
    description = "Keeps a flake input locked to what its source repository just released";
    license = lib.licenses.mit;
    mainProgram = "relay";
    platforms = [
      "x86_64-linux"
      "aarch64-linux"
    ];
  };
}
