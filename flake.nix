{
  description = "Keeps a flake input locked to what its source repository just released";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { nixpkgs, ... }:
    {
      nixosModules.default = ./nix/module.nix;

      # fromArchive pkgs ARCHIVE: the program from the archive of a release, a path or what a fetcher makes.
      lib.fromArchive = pkgs: archive: pkgs.callPackage ./nix/package.nix { inherit archive; };

      formatter = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (
        system: nixpkgs.legacyPackages.${system}.nixfmt
      );
    };
}
