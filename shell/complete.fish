# What only the project here knows: one process, where such a word may stand, and nowhere else.
function __pydevenv_profiles
    command devenv __complete profiles 2>/dev/null
end

# Where `run` has no command yet, the project's aliases and programs; behind one, what fish knows of it.
function __pydevenv_commands
    set -l words (commandline -opc)
    set -l token (commandline -ct)
    string match -q -- '-*' "$token"; and return
    set -l at (contains -i -- run $words); or return
    set -e words[1..$at]
    while set -q words[1]
        set -l word $words[1]
        string match -q -- '-*' $word; or break
        set -e words[1]
        test $word = --; and break
        contains -- $word -p --profile --color; and set -e words[1]
    end
    if not set -q words[1]
        command devenv __complete aliases 2>/dev/null
        test -n "$token"; or return
    end
    complete -C (string join ' ' -- (string escape -- $words) $token)
end

