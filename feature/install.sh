#!/bin/sh
# Installs devenv and its hook into an image, as root. A program `devenv` beside this script is taken as it is; where a
# version is named, the package pydevenv is installed by uv, by pip into an environment of its own, or by cargo. No
# registry is asked without that. DESTDIR stands before every path that is written.
set -eu

here=$(cd -- "$(dirname -- "$0")" && pwd)
root=${DESTDIR:-}
bin=$root/usr/local/bin
share=$root/usr/local/share/pydevenv

say() { printf 'devenv: %s\n' "$*" >&2; }

has() { command -v "$1" >/dev/null 2>&1; }

package() {
    case $VERSION in
        latest) printf 'pydevenv' ;;
        *) printf 'pydevenv==%s' "$VERSION" ;;
    esac
}

install_program() {
    if [ -d "$bin/devenv" ]; then
        say "a directory is in the way: $bin/devenv"
        exit 1
    fi
    mkdir -p "$bin"
    if [ -f "$here/devenv" ]; then
        cp "$here/devenv" "$bin/devenv"
        chmod 755 "$bin/devenv"
    elif has devenv && devenv --version | grep -q pydevenv; then
        say "already installed"
    elif [ -z "${VERSION:-}" ]; then
        say "put the program beside install.sh (from a checkout: ./install.sh --bin-dir .devcontainer/devenv)"
        say "or name the version of the package to install: \"features\": { \"./devenv\": { \"version\": \"latest\" } }"
        exit 1
    elif has uv; then
        UV_TOOL_DIR=$share UV_TOOL_BIN_DIR=$bin uv tool install --quiet "$(package)"
    elif has python3 && python3 -m venv "$share" 2>/dev/null; then
        "$share/bin/python" -m pip install --quiet --disable-pip-version-check "$(package)"
        ln -sf "$share/bin/devenv" "$bin/devenv"
    elif has cargo && [ "$VERSION" = latest ]; then
        cargo install --quiet --locked --root "$root/usr/local" pydevenv
    elif has cargo; then
        cargo install --quiet --locked --root "$root/usr/local" --version "$VERSION" pydevenv
    else
        say "nothing here installs a package: add the Feature of Python"
        exit 1
    fi
}

# Adds a line to a file that shells read, once.
add_line() {
    if [ -f "$1" ] && grep -q '^# >>> devenv >>>' "$1"; then
        return
    fi
    mkdir -p "$(dirname -- "$1")"
    printf '%s\n' '# >>> devenv >>>' "$2" '# <<< devenv <<<' >>"$1"
}

# The words are for the shells that read them later.
# shellcheck disable=SC2016
install_hook() {
    add_line "$root/etc/bash.bashrc" 'command -v devenv >/dev/null 2>&1 && eval "$(devenv hook bash)"'
    add_line "$root/etc/zsh/zshrc" 'command -v devenv >/dev/null 2>&1 && eval "$(devenv hook zsh)"'
    add_line "$root/etc/fish/conf.d/devenv.fish" 'command -q devenv; and devenv hook fish | source'
}

# Whoever starts the container has consented to what its workspace runs; nothing of the user's own is overwritten.
trust_workspace() {
    case ${_REMOTE_USER_HOME:-/root} in
        /*) directory=${_REMOTE_USER_HOME:-/root}/.config/pydevenv ;;
        *) say "_REMOTE_USER_HOME is no absolute path"; exit 1 ;;
    esac
    if [ -z "${TRUSTED-/workspaces}" ] || [ -e "$root$directory/config.toml" ]; then
        return
    fi
    mkdir -p "$root$directory"
    printf 'trusted = ["%s"]\n' "${TRUSTED-/workspaces}" >"$root$directory/config.toml"
    if [ -n "${_REMOTE_USER:-}" ] && [ -z "$root" ]; then
        chown -R "$_REMOTE_USER" "$directory"
    fi
}

install_program
install_hook
trust_workspace
