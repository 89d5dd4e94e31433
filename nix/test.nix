# What the module makes of settings, with nixpkgs' real lib, and stand-ins for the packages and the options of NixOS that it sets.
{ lib }:
let
  pkgs = {
    coreutils = "/coreutils";
    stdenv.buildPlatform.canExecute = _: true;
    stdenv.hostPlatform = { };
    runCommand = name: _: script: "/nix/store/00000000000000000000000000000000-${name}" + builtins.substring 0 0 script;
    formats.yaml = _: {
      type = lib.types.attrsOf lib.types.anything;
      generate = name: value: "${name}: ${builtins.toJSON value}";
    };
  };
  stubs.options = lib.genAttrs [ "assertions" "environment" "users" "systemd" ] (
    name:
    lib.mkOption {
      type = if name == "assertions" then lib.types.listOf lib.types.anything else lib.types.attrsOf lib.types.anything;
      default = if name == "assertions" then [ ] else { };
    }
  );
  evaluated =
    settings:
    (lib.evalModules {
      specialArgs = { inherit pkgs; };
      modules = [
        stubs
        ./module.nix
        { services.flake-relay = settings; }
      ];
    }).config;
  package = {
    type = "derivation";
    outPath = "/flake-relay";
    name = "flake-relay";
    meta.mainProgram = "relay";
  };
  settings.routes.app.targets = [ { input = "app"; } ];
  on = evaluated {
    enable = true;
    environmentFile = "/run/secrets/flake-relay";
    port = 9000;
    inherit package settings;
  };
  fails = value: !(builtins.tryEval (builtins.deepSeq value true)).success;
in
{
  service = on.systemd.services.flake-relay.serviceConfig;
  user = on.users.users.flake-relay;
  assertions = map (each: each.assertion) on.assertions;
  secretInStore =
    (builtins.head
      (evaluated {
        enable = true;
        environmentFile = "${builtins.storeDir}/secrets";
        inherit package settings;
      }).assertions
    ).assertion;
  off = (evaluated { }).systemd;
  refused = {
    port = fails (evaluated { port = 70000; }).services.flake-relay.port;
    unknown = fails (evaluated { prot = 1; }).services.flake-relay;
    withoutPackage = fails (evaluated { enable = true; inherit settings; }).systemd;
  };
}
