# shellcheck shell=bash
# What only the project here knows. compgen calls this where such a word may stand, and nowhere else: a key costs one
# process at most.
__pydevenv_complete() {
    [[ ${cur-} != -* ]] || return 0
    if [[ $1 != commands ]]; then
        command devenv __complete "$1" 2>/dev/null
    elif __pydevenv_is_command; then
        command devenv __complete aliases 2>/dev/null
        [[ -z ${cur-} ]] || compgen -c -- "$cur"
    fi
}

# Whether nothing but options stands between `run` and the cursor; `=` is a word of its own to bash.
__pydevenv_is_command() {
    local index word before=
    for ((index = 2; index < COMP_CWORD; index++)); do
        word=${COMP_WORDS[index]}
        case $before,$word in
            --,*) return 1 ;;
            *,= | =,* | -p,* | --profile,* | --color,* | *,-*) ;;
            *) return 1 ;;
        esac
        before=$word
    done
    case $before in = | -p | --profile | --color) return 1 ;; esac
}
