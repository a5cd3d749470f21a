# shellcheck shell=bash
# devenv for bash, 3.2 and later: eval "$(devenv hook bash)"
# At an idle prompt only __pydevenv_check runs, a function with literal paths that devenv writes anew whenever it is
# asked. It says whether anything changed (0) and starts no process. Everything else is decided in devenv.
if [[ $- == *i* ]]; then
    __pydevenv_exe=@DEVENV@

    function __pydevenv_check { \return 0; }

    function __pydevenv_ask {
        \builtin local __pydevenv_turn
        if [[ -x $__pydevenv_exe ]] && __pydevenv_turn=$(PYDEVENV_RECORD="${__pydevenv_record-}" \
            "$__pydevenv_exe" __turn bash "${BASH_VERSION-}" "$$" "${__pydevenv_state-}" "$PWD"); then
            \builtin eval "$__pydevenv_turn" || \return 0
        fi
        \return 0
    }

    # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs. The status is kept as an argument:
    # with `set -k` no command gets an assignment.
    function __pydevenv_hook {
        \builtin set -- "$?"
        if [[ -z ${PYDEVENV_DISABLE-} || -n ${PYDEVENV_SESSION-}${__pydevenv_record-} ]] && __pydevenv_check; then
            __pydevenv_ask
        fi
        # A hook that fails ends a shell with `set -e`.
        if [[ $- == *e* ]]; then \return 0; fi
        \return "$1"
    }

    # In front: whatever stands there may end in `;`, and in an array the first element counts everywhere.
    case ";${PROMPT_COMMAND-};" in
        *";__pydevenv_hook;"*) ;;
        *) { PROMPT_COMMAND="__pydevenv_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"; } 2>/dev/null || \: ;;
    esac
fi
