# Makes of template.yaml the one of a release: the same, but for where the archives come from.
s|CodeUri: target/lambda$|CodeUri: functions.zip|
/^  NixLayer:/,/^  [A-Za-z]/s|ContentUri: layer$|ContentUri: nix-x86_64.zip|
/^  NixLayerArm64:/,/^  [A-Za-z]/s|ContentUri: layer$|ContentUri: nix-arm64.zip|
s|ContentUri: config/aws$|ContentUri: config|
