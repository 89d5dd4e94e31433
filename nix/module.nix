# The service of docs/setup.md for NixOS.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.flake-relay;
  written = (pkgs.formats.yaml { }).generate "relay.yaml" cfg.settings;
  # Secrets are only named in it, so that anybody may read it in the store.
  checked = pkgs.runCommand "relay.yaml" { } ''
    ${lib.getExe cfg.package} check --config ${written}
    cp ${written} $out
  '';
  canCheck = pkgs.stdenv.buildPlatform.canExecute pkgs.stdenv.hostPlatform;
in
{
  options.services.flake-relay = {
    enable = lib.mkEnableOption "flake-relay, which locks flake inputs to what their sources release";
    package = lib.mkOption {
      type = lib.types.package;
      description = "The program: `lib.fromArchive` of flake-relay's flake makes it from the archive of a release.";
    };
    settings = lib.mkOption {
      type = (pkgs.formats.yaml { }).type;
      description = "relay.yaml, as flake-relay's docs/configuration.md describes it. What is wrong with it is told when the system is built.";
      example = lib.literalExpression ''
        {
          secrets.webhook = [ "env:RELAY_WEBHOOK_SECRET" ];
          routes.app = {
            when = [ { event = "release"; repository = "acme/app"; } ];
            targets = [ { repository = "https://github.com/acme/machines.git"; branch = "main"; input = "app"; } ];
          };
        }
      '';
    };
    environmentFile = lib.mkOption {
      type = lib.types.nullOr lib.types.path;
      default = null;
      example = "/run/secrets/flake-relay";
      description = "A file of `NAME=value` lines with the secrets that the settings name as `env:NAME`. It is not copied to the store.";
    };
    port = lib.mkOption {
      type = lib.types.port;
      default = 8080;
      description = "The port on 127.0.0.1 where deliveries are taken, for the proxy that ends TLS.";
    };
  };

  config = lib.mkIf cfg.enable {
    assertions = [
      {
        assertion = cfg.environmentFile == null || !lib.hasPrefix builtins.storeDir (toString cfg.environmentFile);
        message = "services.flake-relay.environmentFile is in the Nix store, which everybody may read: write its path as a string.";
      }
    ];
    environment.systemPackages = [ cfg.package ];
    users.users.flake-relay = {
      isSystemUser = true;
      group = "flake-relay";
      home = "/var/lib/flake-relay";
    };
    users.groups.flake-relay = { };
    systemd.services.flake-relay = {
      description = "flake-relay";
      wantedBy = [ "multi-user.target" ];
      after = [ "network-online.target" ];
      wants = [ "network-online.target" ];
      # A stop finishes the jobs in hand, which may take minutes; a reload reads relay.yaml again.
      reloadTriggers = [ config.environment.etc."flake-relay/relay.yaml".source ];
      serviceConfig = {
        User = "flake-relay";
        StateDirectory = "flake-relay";
        StateDirectoryMode = "0700";
        ExecStart = "${lib.getExe cfg.package} serve --config /etc/flake-relay/relay.yaml --port ${toString cfg.port} --data /var/lib/flake-relay";
        ExecReload = "${pkgs.coreutils}/bin/kill -HUP $MAINPID";
        Restart = "on-failure";
        RestartSec = 5;
        # 2: wrong configuration, which a restart does not mend
        RestartPreventExitStatus = 2;
        TimeoutStopSec = "11min";
        CapabilityBoundingSet = "";
        LockPersonality = true;
        NoNewPrivileges = true;
        PrivateDevices = true;
        PrivateTmp = true;
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHome = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectProc = "invisible";
        ProtectSystem = "strict";
        RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6 AF_NETLINK";
        RestrictNamespaces = true;
        RestrictRealtime = true;
        SystemCallArchitectures = "native";
        SystemCallErrorNumber = "EPERM";
        SystemCallFilter = [
          "@system-service"
          "~@privileged @resources"
        ];
        UMask = "0077";
      }
      // lib.optionalAttrs (cfg.environmentFile != null) { EnvironmentFile = cfg.environmentFile; };
    };
    environment.etc."flake-relay/relay.yaml".source = if canCheck then checked else written;
  };
}
