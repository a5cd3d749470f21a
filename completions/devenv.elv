
use builtin;
use str;

set edit:completion:arg-completer[devenv] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'devenv'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'devenv'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
            cand -V 'Print version'
            cand --version 'Print version'
            cand run 'Run a command in the project''s environment'
            cand status 'Show the project, its profile, its trust and its plan'
            cand why 'Say which file an import really loads, and why an edit does not take effect'
            cand doctor 'Check the project and its set-up: what keeps edits from running, and what costs time'
            cand init 'Write a short `devenv.toml` from what is found, and trust it'
            cand import 'Propose a `devenv.toml` from what another tool reads'
            cand profile 'List, show or choose profiles'
            cand allow 'Trust the project''s configuration as it is now'
            cand deny 'Never act on the project''s configuration'
            cand hook 'Print the hook of a shell'
            cand export 'Print what a command would get here, for a shell or another program'
            cand cache 'Look at caches, clear them, and make them ahead'
            cand inject 'Put a profile''s environment into the files of another tool'
            cand check 'Check what git tracks and ignores, the configuration, and what was injected'
            cand off 'Let the hook do nothing, until `devenv on`'
            cand on 'Let the hook act again, and take back what you changed of its variables'
            cand prompt 'Print the name of the profile that this shell has, for a prompt'
            cand demo 'Show in a temporary directory how Python runs old code, and how it does not'
            cand completions 'Print the completions of a shell'
            cand man 'Print a manual page'
            cand schema 'Print the JSON schema of `devenv.toml`, for editors'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;run'= {
            cand -p 'Use this profile'
            cand --profile 'Use this profile'
            cand --clear 'Remove the project''s bytecode first: `all` of it, or what is `stale`'
            cand --grace 'With `--watch`: kill what did not end so long after it was asked to'
            cand --color 'When to use colours'
            cand --fresh 'Read no bytecode that is there, and leave no trace'
            cand --no-fill 'Start no background fill'
            cand --allow 'Trust the project''s configuration as it is now, first'
            cand -n 'Show what would be done, and do nothing'
            cand --dry-run 'Show what would be done, and do nothing'
            cand --explain 'As `--dry-run`, with every variable and every file'
            cand -w 'Start the command again whenever a source of the project, or what its plan was read from, changes'
            cand --watch 'Start the command again whenever a source of the project, or what its plan was read from, changes'
            cand --json 'With `--dry-run` or `--explain`: print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;status'= {
            cand -p 'Show what this profile would do'
            cand --profile 'Show what this profile would do'
            cand --color 'When to use colours'
            cand --hook 'Show what the hook of this shell decided last, from what, and whether its next prompt asks again'
            cand --json 'Print it as JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;why'= {
            cand -p 'Judge what `devenv run` with this profile would do'
            cand --profile 'Judge what `devenv run` with this profile would do'
            cand --python 'Judge for this interpreter'
            cand --color 'When to use colours'
            cand --deep 'Prove bytecode that looks fresh, too: compile its source again and compare'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;doctor'= {
            cand --color 'When to use colours'
            cand --fix 'Cure what can be cured without asking: ignore rules, bytecode that is believed too easily (not in a `cached` profile)'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;init'= {
            cand --color 'When to use colours'
            cand -n 'Print the file and write nothing'
            cand --dry-run 'Print the file and write nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;import'= {
            cand --color 'When to use colours'
            cand -n 'Print the proposal and write nothing'
            cand --dry-run 'Print the proposal and write nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;profile'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
            cand list 'List the profiles; the chosen one is marked'
            cand show 'Show what a profile does, and where each part is written'
            cand use 'Choose a profile for this checkout; nothing is written into the tree'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;profile;list'= {
            cand --color 'When to use colours'
            cand --json 'Print them as JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;profile;show'= {
            cand --color 'When to use colours'
            cand --json 'Print it as JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;profile;use'= {
            cand --color 'When to use colours'
            cand --unset 'Forget the choice'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;profile;help'= {
            cand list 'List the profiles; the chosen one is marked'
            cand show 'Show what a profile does, and where each part is written'
            cand use 'Choose a profile for this checkout; nothing is written into the tree'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;profile;help;list'= {
        }
        &'devenv;profile;help;show'= {
        }
        &'devenv;profile;help;use'= {
        }
        &'devenv;profile;help;help'= {
        }
        &'devenv;allow'= {
            cand --owner 'As root: accept files that belong to this user too'
            cand --color 'When to use colours'
            cand --list 'List the decisions'
            cand --prune 'Forget decisions about projects that are gone'
            cand -n 'Show the meaning and allow nothing'
            cand --dry-run 'Show the meaning and allow nothing'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;deny'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;hook'= {
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;export'= {
            cand -p 'Use this profile'
            cand --profile 'Use this profile'
            cand --dialect 'With `dotenv`: who will read it'
            cand --color 'When to use colours'
            cand --set-only 'Unset nothing: leave out what would be, and write variables of Python''s own as empty'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;cache'= {
            cand --color 'When to use colours'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand info 'Show where bytecode lies, how much there is, and what of it costs time'
            cand verify 'Judge every bytecode file: would Python run old code?'
            cand clear 'Remove bytecode, and what tools leave behind'
            cand warm 'Compile ahead, on all cores, what is missing or stale'
            cand arm 'Have Python check every bytecode file by content, as before a run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;cache;info'= {
            cand --color 'When to use colours'
            cand --json 'Print it as JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;cache;verify'= {
            cand -p 'Judge by what this profile needs; with a `cached` one, armed files are wrong too'
            cand --profile 'Judge by what this profile needs; with a `cached` one, armed files are wrong too'
            cand --color 'When to use colours'
            cand --deep 'Prove what Python would run: compile the sources again and compare'
            cand --all 'Name every file, not only those that need attention'
            cand --repair 'Arm or remove what is wrong'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;cache;clear'= {
            cand --debris 'Instead: what these tools left in the project'
            cand --erase 'Instead: files whose path in the project matches, after a question'
            cand -i 'Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma'
            cand --ignore 'Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma'
            cand --color 'When to use colours'
            cand --stale 'Only what is not fresh, armed or verified'
            cand --all 'All bytecode; so it is without an option'
            cand --orphans 'Only bytecode that is imported although its source is gone'
            cand --tests 'Only what pytest rewrote'
            cand -f 'Remove directories, too, that held nothing else'
            cand --folders 'Remove directories, too, that held nothing else'
            cand -n 'Show what would be removed, and remove nothing'
            cand --dry-run 'Show what would be removed, and remove nothing'
            cand -y 'Ask nothing'
            cand --yes 'Ask nothing'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;cache;warm'= {
            cand -p 'Use this profile''s interpreter and level of optimisation'
            cand --profile 'Use this profile''s interpreter and level of optimisation'
            cand --mode 'How Python is to check each file; left out, as the profile needs it'
            cand --color 'When to use colours'
            cand --packages 'Third-party packages and the standard library too'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;cache;arm'= {
            cand --color 'When to use colours'
            cand -n 'Show how many files would be touched, and touch none'
            cand --dry-run 'Show how many files would be touched, and touch none'
            cand --json 'Print it as JSON'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;cache;help'= {
            cand info 'Show where bytecode lies, how much there is, and what of it costs time'
            cand verify 'Judge every bytecode file: would Python run old code?'
            cand clear 'Remove bytecode, and what tools leave behind'
            cand warm 'Compile ahead, on all cores, what is missing or stale'
            cand arm 'Have Python check every bytecode file by content, as before a run'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;cache;help;info'= {
        }
        &'devenv;cache;help;verify'= {
        }
        &'devenv;cache;help;clear'= {
        }
        &'devenv;cache;help;warm'= {
        }
        &'devenv;cache;help;arm'= {
        }
        &'devenv;cache;help;help'= {
        }
        &'devenv;inject'= {
            cand -p 'Use this profile'
            cand --profile 'Use this profile'
            cand --config 'The file that is meant, where there are several or it lies elsewhere'
            cand --image 'devcontainer: the image, where a configuration has to be made or names none; another needs `--force`'
            cand --service 'compose: the service, where there are several'
            cand --color 'When to use colours'
            cand --all 'Every configuration of the tool'
            cand --check 'Only look: exit with 1 where a file is not as it should be'
            cand --remove 'Take out what was put in, and nothing else'
            cand -n 'Show the change, and change nothing'
            cand --dry-run 'Show the change, and change nothing'
            cand --force 'Replace other values too'
            cand --feature 'devcontainer: also install devenv in the container, by a Feature in `.devcontainer/devenv`'
            cand --launch 'vscode: also the Python debuggers of `launch.json`'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;check'= {
            cand --color 'When to use colours'
            cand --staged 'Of what git tracks, only what is about to be committed'
            cand --fix 'Put right what can be: take bytecode out of the index, add ignore rules, inject again'
            cand --json 'Print it as JSON'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'devenv;off'= {
            cand --color 'When to use colours'
            cand --project 'Only in the project here'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;on'= {
            cand --color 'When to use colours'
            cand --project 'Only in the project here'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;prompt'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;demo'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;completions'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;man'= {
            cand --out-dir 'Write every page into this directory'
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;schema'= {
            cand --color 'When to use colours'
            cand -h 'Print help'
            cand --help 'Print help'
        }
        &'devenv;help'= {
            cand run 'Run a command in the project''s environment'
            cand status 'Show the project, its profile, its trust and its plan'
            cand why 'Say which file an import really loads, and why an edit does not take effect'
            cand doctor 'Check the project and its set-up: what keeps edits from running, and what costs time'
            cand init 'Write a short `devenv.toml` from what is found, and trust it'
            cand import 'Propose a `devenv.toml` from what another tool reads'
            cand profile 'List, show or choose profiles'
            cand allow 'Trust the project''s configuration as it is now'
            cand deny 'Never act on the project''s configuration'
            cand hook 'Print the hook of a shell'
            cand export 'Print what a command would get here, for a shell or another program'
            cand cache 'Look at caches, clear them, and make them ahead'
            cand inject 'Put a profile''s environment into the files of another tool'
            cand check 'Check what git tracks and ignores, the configuration, and what was injected'
            cand off 'Let the hook do nothing, until `devenv on`'
            cand on 'Let the hook act again, and take back what you changed of its variables'
            cand prompt 'Print the name of the profile that this shell has, for a prompt'
            cand demo 'Show in a temporary directory how Python runs old code, and how it does not'
            cand completions 'Print the completions of a shell'
            cand man 'Print a manual page'
            cand schema 'Print the JSON schema of `devenv.toml`, for editors'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'devenv;help;run'= {
        }
        &'devenv;help;status'= {
        }
        &'devenv;help;why'= {
        }
        &'devenv;help;doctor'= {
        }
        &'devenv;help;init'= {
        }
        &'devenv;help;import'= {
        }
        &'devenv;help;profile'= {
            cand list 'List the profiles; the chosen one is marked'
            cand show 'Show what a profile does, and where each part is written'
            cand use 'Choose a profile for this checkout; nothing is written into the tree'
        }
        &'devenv;help;profile;list'= {
        }
        &'devenv;help;profile;show'= {
        }
        &'devenv;help;profile;use'= {
        }
        &'devenv;help;allow'= {
        }
        &'devenv;help;deny'= {
        }
        &'devenv;help;hook'= {
        }
        &'devenv;help;export'= {
        }
        &'devenv;help;cache'= {
            cand info 'Show where bytecode lies, how much there is, and what of it costs time'
            cand verify 'Judge every bytecode file: would Python run old code?'
            cand clear 'Remove bytecode, and what tools leave behind'
            cand warm 'Compile ahead, on all cores, what is missing or stale'
            cand arm 'Have Python check every bytecode file by content, as before a run'
        }
        &'devenv;help;cache;info'= {
        }
        &'devenv;help;cache;verify'= {
        }
        &'devenv;help;cache;clear'= {
        }
        &'devenv;help;cache;warm'= {
        }
        &'devenv;help;cache;arm'= {
        }
        &'devenv;help;inject'= {
        }
        &'devenv;help;check'= {
        }
        &'devenv;help;off'= {
        }
        &'devenv;help;on'= {
        }
        &'devenv;help;prompt'= {
        }
        &'devenv;help;demo'= {
        }
        &'devenv;help;completions'= {
        }
        &'devenv;help;man'= {
        }
        &'devenv;help;schema'= {
        }
        &'devenv;help;help'= {
        }
    ]
    $completions[$command]
}
