#!/bin/sh
# Builds devenv from this checkout and installs it with its completions and manual pages.
# The whole body is in functions, and the last line calls them: a truncated copy does nothing.
set -eu

usage() {
    cat <<'TEXT'
Usage: ./install.sh [OPTIONS]

Builds devenv from this checkout with cargo, and installs it for this user.

  --bin-dir DIR      where the program goes
                     [default: $XDG_BIN_HOME, else ~/.local/bin]
  --from FILE        install this program instead of building one
  --no-completions   leave completions and manual pages out
  --modify-path      write the lines that your shell needs into its rc file
  --dry-run          say what would be done, and do nothing
  --force            overwrite another program of this name
  --uninstall        remove what was installed
  --purge            with --uninstall: configuration, cache and state as well
  --demo             run `devenv demo` afterwards
  -q, --quiet        say nothing but errors
  -h, --help         print this
TEXT
}

main() {
    here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
    case ${HOME:-} in
        /*) ;;
        *) fail "HOME is no absolute path" "set HOME: devenv is installed for a user" ;;
    esac
    check_names "${XDG_BIN_HOME:-}" "${XDG_DATA_HOME:-}" "${XDG_CONFIG_HOME:-}" "${XDG_CACHE_HOME:-}" \
        "${XDG_STATE_HOME:-}" "${BASH_COMPLETION_USER_DIR:-}" "${ZDOTDIR:-}" "$HOME"
    bin_dir=$(absolute_or "$HOME/.local/bin" "${XDG_BIN_HOME:-}")
    from='' completions=yes modify_path=no dry_run=no force=no action=install purge=no demo=no quiet=no
    parse "$@"
    check_names "$bin_dir"
    program=$bin_dir/devenv
    data=$(absolute_or "$HOME/.local/share" "${XDG_DATA_HOME:-}")
    config=$(absolute_or "$HOME/.config" "${XDG_CONFIG_HOME:-}")
    cache=$(absolute_or "$HOME/.cache" "${XDG_CACHE_HOME:-}")
    state=$(absolute_or "$HOME/.local/state" "${XDG_STATE_HOME:-}")
    bash_completions=$(absolute_or "$data/bash-completion" "${BASH_COMPLETION_USER_DIR:-}")
    zsh_dir=$(absolute_or "$HOME" "${ZDOTDIR:-}")
    case $action in
        install) install_all ;;
        uninstall) uninstall_all ;;
    esac
}

# A directory that a variable names: as devenv has it, one that is not absolute names nothing.
absolute_or() {
    case $2 in
        /*) printf '%s' "$2" ;;
        *) printf '%s' "$1" ;;
    esac
}

# No rc file and no line of a listing holds such a name.
check_names() {
    for directory in "$@"; do
        case $directory in
            *[[:cntrl:]]*) fail "a directory has a control character in its name" "--bin-dir, HOME, XDG_* and ZDOTDIR" ;;
        esac
    done
}

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            --bin-dir) need_value "$@"; bin_dir=$2; shift ;;
            --bin-dir=*) bin_dir=${1#*=} ;;
            --from) need_value "$@"; from=$2; shift ;;
            --from=*) from=${1#*=} ;;
            --no-completions) completions=no ;;
            --modify-path) modify_path=yes ;;
            --dry-run) dry_run=yes ;;
            --force) force=yes ;;
            --uninstall) action=uninstall ;;
            --purge) purge=yes ;;
            --demo) demo=yes ;;
            -q | --quiet) quiet=yes ;;
            -h | --help) usage; exit 0 ;;
            *) fail "unknown option: $1" "./install.sh --help" ;;
        esac
        shift
    done
    case $bin_dir in
        /*) ;;
        *) bin_dir=$PWD/$bin_dir ;;
    esac
    [ "$purge" = no ] || [ "$action" = uninstall ] || fail "--purge goes with --uninstall" "./install.sh --help"
}

need_value() {
    [ $# -ge 2 ] || fail "$1 needs a value" "./install.sh --help"
}

say() {
    [ "$quiet" = yes ] || printf '%s\n' "$1"
}

fail() {
    printf 'install.sh: %s\nhint: %s\n' "$1" "$2" >&2
    exit 2
}

# Does what it is given, or says what it would do.
run() {
    if [ "$dry_run" = yes ]; then
        say "would run: $*"
    else
        "$@"
    fi
}

# Installs a file through a temporary one, so that it appears at once and whole.
put() {
    if [ "$dry_run" = yes ]; then
        say "would install: $3"
        return
    fi
    [ ! -d "$3" ] || fail "a directory is in the way: $3" "remove it, or choose another place with --bin-dir"
    mkdir -p "$(dirname -- "$3")"
    temporary=$3.$$.tmp
    cp -- "$2" "$temporary"
    chmod "$1" "$temporary"
    mv -f -- "$temporary" "$3"
}

# Each line: a file of completions/, and where the shell looks for it.
completion_files() {
    printf '%s\n' \
        "devenv.bash $bash_completions/completions/devenv" \
        "_devenv $data/zsh/site-functions/_devenv" \
        "devenv.fish $config/fish/completions/devenv.fish" \
        "devenv.nu $data/nushell/vendor/autoload/devenv-completions.nu" \
        "devenv.elv $config/elvish/lib/devenv-completions.elv" \
        "_devenv.ps1 $data/powershell/completions/_devenv.ps1"
}

install_all() {
    case $bin_dir in
        *:*) fail "a directory on PATH has no colon in its name: $bin_dir" "choose another with --bin-dir" ;;
    esac
    check_foreign
    scratch=$(mktemp -d "${TMPDIR:-/tmp}/pydevenv-install.XXXXXX")
    trap 'rm -rf -- "$scratch"' EXIT
    trap 'exit 130' INT TERM
    build
    put 755 "$built" "$program"
    if [ "$completions" = yes ]; then
        install_completions
        install_pages
    fi
    [ "$dry_run" = yes ] || say "installed $program"
    next_steps
    if [ "$demo" = yes ]; then
        say ""
        run "$program" demo
    fi
}

# Another program of this name is left alone.
check_foreign() {
    [ -e "$program" ] || return 0
    case $("$program" --version 2>/dev/null </dev/null || :) in
        *pydevenv*) return 0 ;;
    esac
    [ "$force" = yes ] || fail "$program is another program" "./install.sh --force, or --bin-dir DIR"
}

build() {
    if [ -n "$from" ]; then
        [ -f "$from" ] || fail "no such file: $from" "./install.sh without --from builds one"
        built=$from
        return
    fi
    command -v cargo >/dev/null 2>&1 || fail "building needs cargo" "https://rustup.rs says how to get it"
    host=$(rustc -vV | sed -n 's/^host: //p')
    target_dir=${CARGO_TARGET_DIR:-$here/target}
    built=$target_dir/$host/release/devenv
    say "building devenv; this takes a few minutes"
    if is_static "$host"; then
        # A static program starts in two thirds of the time.
        variable=CARGO_TARGET_$(printf '%s' "$host" | tr 'a-z-' 'A-Z_')_RUSTFLAGS
        run env "$variable=-C target-feature=+crt-static -C relocation-model=static" \
            cargo build --release --locked --quiet --target "$host" --target-dir "$target_dir" \
            --manifest-path "$here/Cargo.toml"
    else
        run cargo build --release --locked --quiet --target "$host" --target-dir "$target_dir" \
            --manifest-path "$here/Cargo.toml"
    fi
}

# Whether this machine can link a program with its C library in it.
is_static() {
    case $1 in
        *-linux-gnu) [ -f "$(cc -print-file-name=libc.a 2>/dev/null)" ] ;;
        *) return 1 ;;
    esac
}

install_completions() {
    completion_files | while read -r file target; do
        put 644 "$here/completions/$file" "$target"
    done
}

install_pages() {
    if [ "$dry_run" = yes ]; then
        say "would install: $data/man/man1/devenv*.1"
        return
    fi
    "$program" man --out-dir "$scratch"
    for page in "$scratch"/*.1; do
        put 644 "$page" "$data/man/man1/$(basename -- "$page")"
    done
}

# The rc file of the user's shell, and the lines that belong into it.
rc_file() {
    case $(basename -- "${SHELL:-sh}") in
        zsh) printf '%s\n' "$zsh_dir/.zshrc" ;;
        fish) printf '%s\n' "$config/fish/config.fish" ;;
        *) printf '%s\n' "$HOME/.bashrc" ;;
    esac
}

# A word as the POSIX shells and zsh read it, whatever it holds.
quoted() {
    printf "'%s'" "$(printf '%s' "$1" | LC_ALL=C sed "s/'/'\\\\''/g")"
}

# The same for fish, where a backslash counts between single quotes.
quoted_for_fish() {
    printf "'%s'" "$(printf '%s' "$1" | LC_ALL=C sed "s/[\\\\']/\\\\&/g")"
}

rc_lines() {
    case $(basename -- "${SHELL:-sh}") in
        fish)
            printf 'fish_add_path %s\n' "$(quoted_for_fish "$bin_dir")"
            printf 'command -q devenv; and devenv hook fish | source\n'
            ;;
        zsh)
            printf "export PATH=%s:\"\$PATH\"; fpath+=(%s)\n" "$(quoted "$bin_dir")" "$(quoted "$data/zsh/site-functions")"
            printf "command -v devenv >/dev/null && eval \"\$(devenv hook zsh)\"\n"
            ;;
        *)
            printf "export PATH=%s:\"\$PATH\"\n" "$(quoted "$bin_dir")"
            printf "command -v devenv >/dev/null && eval \"\$(devenv hook bash)\"\n"
            ;;
    esac
}

next_steps() {
    rc=$(rc_file)
    if [ "$modify_path" = yes ]; then
        modify_rc
        return
    fi
    say "add to $rc, or run again with --modify-path:"
    say "$(rc_lines | sed 's/^/  /')"
}

block_begin='# >>> devenv >>>'
block_end='# <<< devenv <<<'
# Marks a block before which the last line was ended, so that this can be taken back.
ended=' (ended the line above)'

# Writes our line into the rc file, as a block that can be found again.
modify_rc() {
    if [ "$dry_run" = yes ]; then
        say "would write to $rc:"
        say "$(rc_lines | sed 's/^/  /')"
        return
    fi
    remove_block "$rc" || return 0
    mkdir -p "$(dirname -- "$rc")"
    begin=$block_begin
    if [ -s "$rc" ] && [ "$(tail -c 1 -- "$rc" | wc -l)" -eq 0 ]; then
        printf '\n' >>"$rc"
        begin=$block_begin$ended
    fi
    {
        printf '%s\n' "$begin"
        rc_lines
        printf '%s\n' "$block_end"
    } >>"$rc"
    say "wrote to $rc:"
    say "$(rc_lines | sed 's/^/  /')"
}

# Takes our block out of an rc file, keeping the file itself, its mode and what links lead to it. A file that held
# nothing else was made by us, and goes. Where one end of the block is missing nobody knows what is ours: it stays.
remove_block() {
    [ -f "$1" ] && grep -q "^$block_begin" "$1" || return 0
    if ! sed -n "/^$block_begin/,\$p" "$1" | grep -q "^$block_end\$"; then
        say "left alone: $1 has a line \"$block_begin\" with no \"$block_end\" after it"
        return 1
    fi
    rest=$(sed "/^$block_begin/,/^$block_end\$/d" "$1"; printf x)
    rest=${rest%x}
    if grep -qF "$block_begin$ended" "$1"; then
        rest=${rest%?}
    fi
    if [ -z "$rest" ]; then
        rm -f -- "$1"
    else
        printf '%s' "$rest" >"$1"
    fi
}

uninstall_all() {
    if [ -e "$program" ]; then
        check_foreign
    fi
    remove "$program"
    completion_files | while read -r _ target; do
        remove "$target"
    done
    for page in "$data"/man/man1/devenv.1 "$data"/man/man1/devenv-*.1; do
        remove "$page"
    done
    for rc in "$HOME/.bashrc" "$zsh_dir/.zshrc" "$config/fish/config.fish"; do
        if [ "$dry_run" = no ]; then
            remove_block "$rc" || continue
            prune "$rc"
        fi
    done
    if [ "$purge" = yes ]; then
        purge_all
    fi
    [ "$dry_run" = yes ] || say "removed devenv"
}

remove() {
    if [ -f "$1" ]; then
        run rm -f -- "$1"
    fi
    if [ "$dry_run" = no ]; then
        prune "$1"
    fi
}

# Removes the directories above a file that are empty now, up to the home directory.
prune() {
    directory=$(dirname -- "$1")
    while [ "$directory" != "$HOME" ] && [ "${directory#"$HOME"/}" != "$directory" ]; do
        [ ! -d "$directory" ] || rmdir -- "$directory" 2>/dev/null || break
        directory=$(dirname -- "$directory")
    done
}

purge_all() {
    for directory in "$config/pydevenv" "$cache/pydevenv" "$state/pydevenv"; do
        run rm -rf -- "$directory"
        if [ "$dry_run" = no ]; then
            prune "$directory/x"
        fi
    done
}

main "$@"
