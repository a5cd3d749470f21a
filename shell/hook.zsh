# devenv for zsh: eval "$(devenv hook zsh)"
# At an idle prompt only __pydevenv_check runs, a function with literal paths that devenv writes anew whenever it is
# asked. It says whether anything changed (0) and starts no process. Everything else is decided in devenv.
# All functions keep the options of the emulation that they are defined in, whatever the user sets.
if [[ -o interactive ]]; then
    __pydevenv_exe=@DEVENV@
    \builtin emulate zsh -o no_aliases -o no_xtrace -o no_err_exit -o no_err_return -c '
        builtin zmodload -F zsh/stat b:zstat 2>/dev/null

        __pydevenv_check() { return 0 }

        __pydevenv_ask() {
            local turn
            [[ -x $__pydevenv_exe ]] || return 0
            turn=$(PYDEVENV_RECORD=${__pydevenv_record-} \
                $__pydevenv_exe __turn zsh $ZSH_VERSION $$ "${__pydevenv_state-}" $PWD) || return 0
            builtin emulate zsh -o no_aliases -o no_xtrace -o no_err_exit -o no_err_return -c $turn
        }

        # At the first prompt.
        __pydevenv_begin() {
            typeset -g __pydevenv_ready=1
            (( $+functions[compdef] && ! ${+_comps[devenv]} )) && compdef __pydevenv_completion devenv
        }

        # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
        __pydevenv_hook() {
            local pydevenv_status=$?
            [[ -n ${__pydevenv_ready-} ]] || __pydevenv_begin
            if [[ -z ${PYDEVENV_DISABLE-} || -n ${PYDEVENV_SESSION-}${__pydevenv_record-} ]] && __pydevenv_check; then
                __pydevenv_ask
            fi
            return $pydevenv_status
        }

        # Not in a subshell, whose output somebody reads, and not before the first prompt.
        __pydevenv_chpwd() { (( ZSH_SUBSHELL )) || [[ -z ${__pydevenv_ready-} ]] || __pydevenv_hook }

        typeset -ga precmd_functions chpwd_functions
        precmd_functions=(__pydevenv_hook ${precmd_functions:#__pydevenv_hook})
        chpwd_functions=(__pydevenv_chpwd ${chpwd_functions:#__pydevenv_chpwd})
    '

    # At the first TAB: what compinit did not find, because its directory was added later, or there is none. Not in the
    # emulation, whose options would be those of all functions that are defined here.
    function __pydevenv_completion {
        (( ${+functions[_devenv]} )) || \builtin autoload -Uz +X _devenv 2>/dev/null ||
            \builtin eval "$("$__pydevenv_exe" completions zsh)"
        \compdef _devenv devenv
        _devenv "$@"
    }
fi
