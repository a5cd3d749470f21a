# For a tap of Homebrew: builds from the released sources. `packaging/build --repository URL` fills in what stands
# between at-signs.
class Pydevenv < Formula
  desc "Python edits that take effect: always in development, cached in production"
  homepage "@REPOSITORY@"
  url "@REPOSITORY@/releases/download/v0.1.0/pydevenv-0.1.0.tar.gz"
  sha256 "@SOURCE_SHA256@"
  license "MIT"

  depends_on "rust" => :build

  def install
    system "cargo", "install", *std_cargo_args
    bash_completion.install "completions/devenv.bash" => "devenv"
    zsh_completion.install "completions/_devenv"
    fish_completion.install "completions/devenv.fish"
    man1.install Dir["man/*.1"]
  end

  test do
    assert_match "devenv #{version} (pydevenv)", shell_output("#{bin}/devenv --version")
  end
end
