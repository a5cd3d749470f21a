# What only the project here knows: one process, where such a word may stand, and nowhere else.
(( $+functions[__pydevenv_profiles] )) ||
__pydevenv_profiles() {
    local -a names
    names=(${(f)"$(command devenv __complete profiles 2>/dev/null)"})
    _describe -t profiles profile names
}
(( $+functions[__pydevenv_commands] )) ||
__pydevenv_commands() {
    local ret=1
    local -a names
    [[ $PREFIX != -* ]] || return 1
    if (( CURRENT == 1 )); then
        names=(${(f)"$(command devenv __complete aliases 2>/dev/null)"})
        _describe -t aliases alias names && ret=0
    fi
    _cmdambivalent && ret=0
    return ret
}
