# Builds devenv with Nix, from a checkout: `nix profile install ./packaging/nix`. Version, licence and dependencies are
# read from Cargo.toml and Cargo.lock.
{
  description = "Python edits that take effect: always in development, cached in production";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      crate = (builtins.fromTOML (builtins.readFile ../../Cargo.toml)).package;
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      build =
        pkgs:
        pkgs.rustPlatform.buildRustPackage {
          pname = crate.name;
          inherit (crate) version;
          src = ../..;
          cargoLock.lockFile = ../../Cargo.lock;
          nativeBuildInputs = [ pkgs.installShellFiles ];
          # The tests start shells, containers and package installers, which a build has not.
          doCheck = false;
          postInstall = ''
            installManPage man/*.1
            installShellCompletion --cmd devenv --bash completions/devenv.bash \
              --zsh completions/_devenv --fish completions/devenv.fish
          '';
          meta = {
            inherit (crate) description;
            license = nixpkgs.lib.getLicenseFromSpdxId crate.license;
            mainProgram = "devenv";
          };
        };
    in
    {
      packages = nixpkgs.lib.genAttrs systems (system: {
        default = build nixpkgs.legacyPackages.${system};
      });
    };
}
