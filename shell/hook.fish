# devenv for fish: devenv hook fish | source
# At an idle prompt only __pydevenv_check runs, a function with literal paths that devenv writes anew whenever it is
# asked. It says whether anything changed (0) and starts no process. Everything else is decided in devenv.
if status is-interactive
    set -g __pydevenv_exe @DEVENV@

    function __pydevenv_check
        return 0
    end

    # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
    function __pydevenv_hook --on-event fish_prompt
        set -g __pydevenv_ready 1
        if test -z "$PYDEVENV_DISABLE" -o -n "$PYDEVENV_SESSION$__pydevenv_record"; and __pydevenv_check
            if test -x $__pydevenv_exe
                PYDEVENV_RECORD="$__pydevenv_record" \
                    $__pydevenv_exe __turn fish $version $fish_pid "$__pydevenv_state" $PWD | source
            end
        end
    end

    # Not before the first prompt.
    function __pydevenv_chpwd --on-variable PWD
        if set -q __pydevenv_ready
            __pydevenv_hook
        end
    end
end
