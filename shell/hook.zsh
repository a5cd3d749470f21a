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

        # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
        __pydevenv_hook() {
            local pydevenv_status=$?
            typeset -g __pydevenv_ready=1
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
fi
