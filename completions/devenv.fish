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

# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_devenv_global_optspecs
    string join \n color= h/help V/version
end

function __fish_devenv_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_devenv_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_devenv_using_subcommand
    set -l cmd (__fish_devenv_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c devenv -n "__fish_devenv_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_needs_command" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_needs_command" -s V -l version -d 'Print version'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "run" -d 'Run a command in the project\'s environment'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "status" -d 'Show the project, its profile, its trust and its plan'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "why" -d 'Say which file an import really loads, and why an edit does not take effect'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "doctor" -d 'Check the project and its set-up: what keeps edits from running, and what costs time'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "init" -d 'Write a short `devenv.toml` from what is found, and trust it'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "import" -d 'Propose a `devenv.toml` from what another tool reads'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "profile" -d 'List, show or choose profiles'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "allow" -d 'Trust the project\'s configuration as it is now'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "deny" -d 'Never act on the project\'s configuration'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "hook" -d 'Print the hook of a shell'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "export" -d 'Print what a command would get here, for a shell or another program'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "cache" -d 'Look at caches, clear them, and make them ahead'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "inject" -d 'Put a profile\'s environment into the files of another tool'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "check" -d 'Check what git tracks and ignores, the configuration, and what was injected'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "off" -d 'Let the hook do nothing, until `devenv on`'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "on" -d 'Let the hook act again, and take back what you changed of its variables'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "prompt" -d 'Print the name of the profile that this shell has, for a prompt'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "demo" -d 'Show in a temporary directory how Python runs old code, and how it does not'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "completions" -d 'Print the completions of a shell'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "man" -d 'Print a manual page'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "schema" -d 'Print the JSON schema of `devenv.toml`, for editors'
complete -c devenv -n "__fish_devenv_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand run" -s p -l profile -d 'Use this profile' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand run" -l clear -d 'Remove the project\'s bytecode first: `all` of it, or what is `stale`' -r -f -a "stale\t'What is not fresh, armed or verified'
all\t'Everything'"
complete -c devenv -n "__fish_devenv_using_subcommand run" -l grace -d 'With `--watch`: kill what did not end so long after it was asked to' -r
complete -c devenv -n "__fish_devenv_using_subcommand run" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand run" -l fresh -d 'Read no bytecode that is there, and leave no trace'
complete -c devenv -n "__fish_devenv_using_subcommand run" -l no-fill -d 'Start no background fill'
complete -c devenv -n "__fish_devenv_using_subcommand run" -l allow -d 'Trust the project\'s configuration as it is now, first'
complete -c devenv -n "__fish_devenv_using_subcommand run" -s n -l dry-run -d 'Show what would be done, and do nothing'
complete -c devenv -n "__fish_devenv_using_subcommand run" -l explain -d 'As `--dry-run`, with every variable and every file'
complete -c devenv -n "__fish_devenv_using_subcommand run" -s w -l watch -d 'Start the command again whenever a source of the project, or what its plan was read from, changes'
complete -c devenv -n "__fish_devenv_using_subcommand run" -l json -d 'With `--dry-run` or `--explain`: print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand status" -s p -l profile -d 'Show what this profile would do' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand status" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand status" -l hook -d 'Show what the hook of this shell decided last, from what, and whether its next prompt asks again'
complete -c devenv -n "__fish_devenv_using_subcommand status" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand status" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand why" -s p -l profile -d 'Judge what `devenv run` with this profile would do' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand why" -l python -d 'Judge for this interpreter' -r -F
complete -c devenv -n "__fish_devenv_using_subcommand why" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand why" -l deep -d 'Prove bytecode that looks fresh, too: compile its source again and compare'
complete -c devenv -n "__fish_devenv_using_subcommand why" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand doctor" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand doctor" -l fix -d 'Cure what can be cured without asking: ignore rules, bytecode that is believed too easily (not in a `cached` profile)'
complete -c devenv -n "__fish_devenv_using_subcommand doctor" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand init" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand init" -s n -l dry-run -d 'Print the file and write nothing'
complete -c devenv -n "__fish_devenv_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand import" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand import" -s n -l dry-run -d 'Print the proposal and write nothing'
complete -c devenv -n "__fish_devenv_using_subcommand import" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -f -a "list" -d 'List the profiles; the chosen one is marked'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -f -a "show" -d 'Show what a profile does, and where each part is written'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -f -a "use" -d 'Choose a profile for this checkout; nothing is written into the tree'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and not __fish_seen_subcommand_from list show use help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from list" -l json -d 'Print them as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from show" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from use" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from use" -l unset -d 'Forget the choice'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from use" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the profiles; the chosen one is marked'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show what a profile does, and where each part is written'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "use" -d 'Choose a profile for this checkout; nothing is written into the tree'
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand allow" -l owner -d 'As root: accept files that belong to this user too' -r
complete -c devenv -n "__fish_devenv_using_subcommand allow" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand allow" -l list -d 'List the decisions'
complete -c devenv -n "__fish_devenv_using_subcommand allow" -l prune -d 'Forget decisions about projects that are gone'
complete -c devenv -n "__fish_devenv_using_subcommand allow" -s n -l dry-run -d 'Show the meaning and allow nothing'
complete -c devenv -n "__fish_devenv_using_subcommand allow" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand deny" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand deny" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand hook" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand hook" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand export" -s p -l profile -d 'Use this profile' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand export" -l dialect -d 'With `dotenv`: who will read it' -r -f -a "common\t''
docker\t''
dotenvx\t''
node\t''
python\t''
sh\t''
uv\t''"
complete -c devenv -n "__fish_devenv_using_subcommand export" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand export" -l set-only -d 'Unset nothing: leave out what would be, and write variables of Python\'s own as empty'
complete -c devenv -n "__fish_devenv_using_subcommand export" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "info" -d 'Show where bytecode lies, how much there is, and what of it costs time'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "verify" -d 'Judge every bytecode file: would Python run old code?'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "clear" -d 'Remove bytecode, and what tools leave behind'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "warm" -d 'Compile ahead, on all cores, what is missing or stale'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "arm" -d 'Have Python check every bytecode file by content, as before a run'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and not __fish_seen_subcommand_from info verify clear warm arm help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from info" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from info" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from info" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -s p -l profile -d 'Judge by what this profile needs; with a `cached` one, armed files are wrong too' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -l deep -d 'Prove what Python would run: compile the sources again and compare'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -l all -d 'Name every file, not only those that need attention'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -l repair -d 'Arm or remove what is wrong'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l debris -d 'Instead: what these tools left in the project' -r -f -a "coverage\t'`.coverage`, `htmlcov`, `coverage.xml`'
jupyter\t'`.ipynb_checkpoints`'
mypy\t'`.mypy_cache`'
package\t'What setuptools builds: `*.egg-info`, and its parts of `build`'
pyre\t'`.pyre`, `.pytype`'
pytest\t'`.pytest_cache`'
ruff\t'`.ruff_cache`'
tox\t'`.tox`, `.nox`'
all\t'Every one of them'"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l erase -d 'Instead: files whose path in the project matches, after a question' -r
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -s i -l ignore -d 'Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma' -r -F
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l stale -d 'Only what is not fresh, armed or verified'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l all -d 'All bytecode; so it is without an option'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l orphans -d 'Only bytecode that is imported although its source is gone'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l tests -d 'Only what pytest rewrote'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -s f -l folders -d 'Remove directories, too, that held nothing else'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -s n -l dry-run -d 'Show what would be removed, and remove nothing'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -s y -l yes -d 'Ask nothing'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from clear" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -s p -l profile -d 'Use this profile\'s interpreter and level of optimisation' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -l mode -d 'How Python is to check each file; left out, as the profile needs it' -r -f -a "timestamp\t'By time and size'
checked\t'By content'
unchecked\t'Not at all: for images whose sources never change'"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -l packages -d 'Third-party packages and the standard library too'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from warm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from arm" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from arm" -s n -l dry-run -d 'Show how many files would be touched, and touch none'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from arm" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from arm" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "info" -d 'Show where bytecode lies, how much there is, and what of it costs time'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Judge every bytecode file: would Python run old code?'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "clear" -d 'Remove bytecode, and what tools leave behind'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "warm" -d 'Compile ahead, on all cores, what is missing or stale'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "arm" -d 'Have Python check every bytecode file by content, as before a run'
complete -c devenv -n "__fish_devenv_using_subcommand cache; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -s p -l profile -d 'Use this profile' -r -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l config -d 'The file that is meant, where there are several or it lies elsewhere' -r -F
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l image -d 'devcontainer: the image, where a configuration has to be made or names none; another needs `--force`' -r
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l service -d 'compose: the service, where there are several' -r
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l all -d 'Every configuration of the tool'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l check -d 'Only look: exit with 1 where a file is not as it should be'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l remove -d 'Take out what was put in, and nothing else'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -s n -l dry-run -d 'Show the change, and change nothing'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l force -d 'Replace other values too'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l feature -d 'devcontainer: also install devenv in the container, by a Feature in `.devcontainer/devenv`'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l launch -d 'vscode: also the Python debuggers of `launch.json`'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand inject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand check" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand check" -l staged -d 'Of what git tracks, only what is about to be committed'
complete -c devenv -n "__fish_devenv_using_subcommand check" -l fix -d 'Put right what can be: take bytecode out of the index, add ignore rules, inject again'
complete -c devenv -n "__fish_devenv_using_subcommand check" -l json -d 'Print it as JSON'
complete -c devenv -n "__fish_devenv_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c devenv -n "__fish_devenv_using_subcommand off" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand off" -l project -d 'Only in the project here'
complete -c devenv -n "__fish_devenv_using_subcommand off" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand on" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand on" -l project -d 'Only in the project here'
complete -c devenv -n "__fish_devenv_using_subcommand on" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand prompt" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand prompt" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand demo" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand demo" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand completions" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand man" -l out-dir -d 'Write every page into this directory' -r -f -a "(__fish_complete_directories)"
complete -c devenv -n "__fish_devenv_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand man" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand schema" -l color -d 'When to use colours' -r -f -a "auto\t''
always\t''
never\t''"
complete -c devenv -n "__fish_devenv_using_subcommand schema" -s h -l help -d 'Print help'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "run" -d 'Run a command in the project\'s environment'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "status" -d 'Show the project, its profile, its trust and its plan'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "why" -d 'Say which file an import really loads, and why an edit does not take effect'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "doctor" -d 'Check the project and its set-up: what keeps edits from running, and what costs time'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "init" -d 'Write a short `devenv.toml` from what is found, and trust it'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "import" -d 'Propose a `devenv.toml` from what another tool reads'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "profile" -d 'List, show or choose profiles'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "allow" -d 'Trust the project\'s configuration as it is now'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "deny" -d 'Never act on the project\'s configuration'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "hook" -d 'Print the hook of a shell'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "export" -d 'Print what a command would get here, for a shell or another program'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "cache" -d 'Look at caches, clear them, and make them ahead'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "inject" -d 'Put a profile\'s environment into the files of another tool'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "check" -d 'Check what git tracks and ignores, the configuration, and what was injected'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "off" -d 'Let the hook do nothing, until `devenv on`'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "on" -d 'Let the hook act again, and take back what you changed of its variables'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "prompt" -d 'Print the name of the profile that this shell has, for a prompt'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "demo" -d 'Show in a temporary directory how Python runs old code, and how it does not'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "completions" -d 'Print the completions of a shell'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "man" -d 'Print a manual page'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "schema" -d 'Print the JSON schema of `devenv.toml`, for editors'
complete -c devenv -n "__fish_devenv_using_subcommand help; and not __fish_seen_subcommand_from run status why doctor init import profile allow deny hook export cache inject check off on prompt demo completions man schema help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "list" -d 'List the profiles; the chosen one is marked'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "show" -d 'Show what a profile does, and where each part is written'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from profile" -f -a "use" -d 'Choose a profile for this checkout; nothing is written into the tree'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "info" -d 'Show where bytecode lies, how much there is, and what of it costs time'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "verify" -d 'Judge every bytecode file: would Python run old code?'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "clear" -d 'Remove bytecode, and what tools leave behind'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "warm" -d 'Compile ahead, on all cores, what is missing or stale'
complete -c devenv -n "__fish_devenv_using_subcommand help; and __fish_seen_subcommand_from cache" -f -a "arm" -d 'Have Python check every bytecode file by content, as before a run'
complete -c devenv -n "__fish_devenv_using_subcommand run" -a "(__pydevenv_commands)"
complete -c devenv -n "__fish_devenv_using_subcommand import" -a "direnv dotenv mise"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from show" -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand profile; and __fish_seen_subcommand_from use" -f -a "(__pydevenv_profiles)"
complete -c devenv -n "__fish_devenv_using_subcommand hook" -f -a "bash zsh fish nu elvish xonsh tcsh pwsh"
complete -c devenv -n "__fish_devenv_using_subcommand export" -f -a "bash zsh fish nu elvish xonsh tcsh pwsh json dotenv docker github github-path gitlab dockerfile compose kubernetes systemd nix make"
complete -c devenv -n "__fish_devenv_using_subcommand inject" -f -a "devcontainer gitignore vscode pyright zed direnv jupyter compose dockerfile pre-commit"
complete -c devenv -n "__fish_devenv_using_subcommand completions" -f -a "bash zsh fish nu elvish pwsh"
