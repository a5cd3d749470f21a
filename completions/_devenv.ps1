
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'devenv' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'devenv'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'devenv' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in the project''s environment')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the project, its profile, its trust and its plan')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say which file an import really loads, and why an edit does not take effect')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the project and its set-up: what keeps edits from running, and what costs time')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a short `devenv.toml` from what is found, and trust it')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Propose a `devenv.toml` from what another tool reads')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List, show or choose profiles')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Trust the project''s configuration as it is now')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Never act on the project''s configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Print the hook of a shell')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print what a command would get here, for a shell or another program')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Look at caches, clear them, and make them ahead')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Put a profile''s environment into the files of another tool')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check what git tracks and ignores, the configuration, and what was injected')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Let the hook do nothing, until `devenv on`')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Let the hook act again, and take back what you changed of its variables')
            [CompletionResult]::new('prompt', 'prompt', [CompletionResultType]::ParameterValue, 'Print the name of the profile that this shell has, for a prompt')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show in a temporary directory how Python runs old code, and how it does not')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON schema of `devenv.toml`, for editors')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;run' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'Remove the project''s bytecode first: `all` of it, or what is `stale`')
            [CompletionResult]::new('--grace', '--grace', [CompletionResultType]::ParameterName, 'With `--watch`: kill what did not end so long after it was asked to')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fresh', '--fresh', [CompletionResultType]::ParameterName, 'Read no bytecode that is there, and leave no trace')
            [CompletionResult]::new('--no-fill', '--no-fill', [CompletionResultType]::ParameterName, 'Start no background fill')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Trust the project''s configuration as it is now, first')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be done, and do nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done, and do nothing')
            [CompletionResult]::new('--explain', '--explain', [CompletionResultType]::ParameterName, 'As `--dry-run`, with every variable and every file')
            [CompletionResult]::new('-w', '-w', [CompletionResultType]::ParameterName, 'Start the command again whenever a source of the project, or what its plan was read from, changes')
            [CompletionResult]::new('--watch', '--watch', [CompletionResultType]::ParameterName, 'Start the command again whenever a source of the project, or what its plan was read from, changes')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run` or `--explain`: print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;status' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Show what this profile would do')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Show what this profile would do')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--hook', '--hook', [CompletionResultType]::ParameterName, 'Show what the hook of this shell decided last, from what, and whether its next prompt asks again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;why' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Judge what `devenv run` with this profile would do')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Judge what `devenv run` with this profile would do')
            [CompletionResult]::new('--python', '--python', [CompletionResultType]::ParameterName, 'Judge for this interpreter')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--deep', '--deep', [CompletionResultType]::ParameterName, 'Prove bytecode that looks fresh, too: compile its source again and compare')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;doctor' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Cure what can be cured without asking: ignore rules, bytecode that is believed too easily (not in a `cached` profile)')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;init' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Print the file and write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the file and write nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;import' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Print the proposal and write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the proposal and write nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;profile' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles; the chosen one is marked')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a profile does, and where each part is written')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Choose a profile for this checkout; nothing is written into the tree')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;profile;list' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print them as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;profile;show' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;profile;use' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--unset', '--unset', [CompletionResultType]::ParameterName, 'Forget the choice')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;profile;help' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles; the chosen one is marked')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a profile does, and where each part is written')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Choose a profile for this checkout; nothing is written into the tree')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;profile;help;list' {
            break
        }
        'devenv;profile;help;show' {
            break
        }
        'devenv;profile;help;use' {
            break
        }
        'devenv;profile;help;help' {
            break
        }
        'devenv;allow' {
            [CompletionResult]::new('--owner', '--owner', [CompletionResultType]::ParameterName, 'As root: accept files that belong to this user too')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'List the decisions')
            [CompletionResult]::new('--prune', '--prune', [CompletionResultType]::ParameterName, 'Forget decisions about projects that are gone')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show the meaning and allow nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the meaning and allow nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;deny' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;hook' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;export' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--dialect', '--dialect', [CompletionResultType]::ParameterName, 'With `dotenv`: who will read it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--set-only', '--set-only', [CompletionResultType]::ParameterName, 'Unset nothing: leave out what would be, and write variables of Python''s own as empty')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;cache' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Show where bytecode lies, how much there is, and what of it costs time')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Judge every bytecode file: would Python run old code?')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove bytecode, and what tools leave behind')
            [CompletionResult]::new('warm', 'warm', [CompletionResultType]::ParameterValue, 'Compile ahead, on all cores, what is missing or stale')
            [CompletionResult]::new('arm', 'arm', [CompletionResultType]::ParameterValue, 'Have Python check every bytecode file by content, as before a run')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;cache;info' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;cache;verify' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Judge by what this profile needs; with a `cached` one, armed files are wrong too')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Judge by what this profile needs; with a `cached` one, armed files are wrong too')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--deep', '--deep', [CompletionResultType]::ParameterName, 'Prove what Python would run: compile the sources again and compare')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Name every file, not only those that need attention')
            [CompletionResult]::new('--repair', '--repair', [CompletionResultType]::ParameterName, 'Arm or remove what is wrong')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;cache;clear' {
            [CompletionResult]::new('--debris', '--debris', [CompletionResultType]::ParameterName, 'Instead: what these tools left in the project')
            [CompletionResult]::new('--erase', '--erase', [CompletionResultType]::ParameterName, 'Instead: files whose path in the project matches, after a question')
            [CompletionResult]::new('-i', '-i', [CompletionResultType]::ParameterName, 'Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma')
            [CompletionResult]::new('--ignore', '--ignore', [CompletionResultType]::ParameterName, 'Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--stale', '--stale', [CompletionResultType]::ParameterName, 'Only what is not fresh, armed or verified')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'All bytecode; so it is without an option')
            [CompletionResult]::new('--orphans', '--orphans', [CompletionResultType]::ParameterName, 'Only bytecode that is imported although its source is gone')
            [CompletionResult]::new('--tests', '--tests', [CompletionResultType]::ParameterName, 'Only what pytest rewrote')
            [CompletionResult]::new('-f', '-f', [CompletionResultType]::ParameterName, 'Remove directories, too, that held nothing else')
            [CompletionResult]::new('--folders', '--folders', [CompletionResultType]::ParameterName, 'Remove directories, too, that held nothing else')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be removed, and remove nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be removed, and remove nothing')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;cache;warm' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Use this profile''s interpreter and level of optimisation')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile''s interpreter and level of optimisation')
            [CompletionResult]::new('--mode', '--mode', [CompletionResultType]::ParameterName, 'How Python is to check each file; left out, as the profile needs it')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--packages', '--packages', [CompletionResultType]::ParameterName, 'Third-party packages and the standard library too')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;cache;arm' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show how many files would be touched, and touch none')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show how many files would be touched, and touch none')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;cache;help' {
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Show where bytecode lies, how much there is, and what of it costs time')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Judge every bytecode file: would Python run old code?')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove bytecode, and what tools leave behind')
            [CompletionResult]::new('warm', 'warm', [CompletionResultType]::ParameterValue, 'Compile ahead, on all cores, what is missing or stale')
            [CompletionResult]::new('arm', 'arm', [CompletionResultType]::ParameterValue, 'Have Python check every bytecode file by content, as before a run')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;cache;help;info' {
            break
        }
        'devenv;cache;help;verify' {
            break
        }
        'devenv;cache;help;clear' {
            break
        }
        'devenv;cache;help;warm' {
            break
        }
        'devenv;cache;help;arm' {
            break
        }
        'devenv;cache;help;help' {
            break
        }
        'devenv;inject' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'The file that is meant, where there are several or it lies elsewhere')
            [CompletionResult]::new('--image', '--image', [CompletionResultType]::ParameterName, 'devcontainer: the image, where a configuration has to be made or names none; another needs `--force`')
            [CompletionResult]::new('--service', '--service', [CompletionResultType]::ParameterName, 'compose: the service, where there are several')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--all', '--all', [CompletionResultType]::ParameterName, 'Every configuration of the tool')
            [CompletionResult]::new('--check', '--check', [CompletionResultType]::ParameterName, 'Only look: exit with 1 where a file is not as it should be')
            [CompletionResult]::new('--remove', '--remove', [CompletionResultType]::ParameterName, 'Take out what was put in, and nothing else')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show the change, and change nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the change, and change nothing')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Replace other values too')
            [CompletionResult]::new('--feature', '--feature', [CompletionResultType]::ParameterName, 'devcontainer: also install devenv in the container, by a Feature in `.devcontainer/devenv`')
            [CompletionResult]::new('--launch', '--launch', [CompletionResultType]::ParameterName, 'vscode: also the Python debuggers of `launch.json`')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;check' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'Of what git tracks, only what is about to be committed')
            [CompletionResult]::new('--fix', '--fix', [CompletionResultType]::ParameterName, 'Put right what can be: take bytecode out of the index, add ignore rules, inject again')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print it as JSON')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'devenv;off' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Only in the project here')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;on' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'Only in the project here')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;prompt' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;demo' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;completions' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;man' {
            [CompletionResult]::new('--out-dir', '--out-dir', [CompletionResultType]::ParameterName, 'Write every page into this directory')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;schema' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
            break
        }
        'devenv;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in the project''s environment')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the project, its profile, its trust and its plan')
            [CompletionResult]::new('why', 'why', [CompletionResultType]::ParameterValue, 'Say which file an import really loads, and why an edit does not take effect')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check the project and its set-up: what keeps edits from running, and what costs time')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a short `devenv.toml` from what is found, and trust it')
            [CompletionResult]::new('import', 'import', [CompletionResultType]::ParameterValue, 'Propose a `devenv.toml` from what another tool reads')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List, show or choose profiles')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Trust the project''s configuration as it is now')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Never act on the project''s configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Print the hook of a shell')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print what a command would get here, for a shell or another program')
            [CompletionResult]::new('cache', 'cache', [CompletionResultType]::ParameterValue, 'Look at caches, clear them, and make them ahead')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Put a profile''s environment into the files of another tool')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check what git tracks and ignores, the configuration, and what was injected')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Let the hook do nothing, until `devenv on`')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Let the hook act again, and take back what you changed of its variables')
            [CompletionResult]::new('prompt', 'prompt', [CompletionResultType]::ParameterValue, 'Print the name of the profile that this shell has, for a prompt')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show in a temporary directory how Python runs old code, and how it does not')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('schema', 'schema', [CompletionResultType]::ParameterValue, 'Print the JSON schema of `devenv.toml`, for editors')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;help;run' {
            break
        }
        'devenv;help;status' {
            break
        }
        'devenv;help;why' {
            break
        }
        'devenv;help;doctor' {
            break
        }
        'devenv;help;init' {
            break
        }
        'devenv;help;import' {
            break
        }
        'devenv;help;profile' {
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the profiles; the chosen one is marked')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show what a profile does, and where each part is written')
            [CompletionResult]::new('use', 'use', [CompletionResultType]::ParameterValue, 'Choose a profile for this checkout; nothing is written into the tree')
            break
        }
        'devenv;help;profile;list' {
            break
        }
        'devenv;help;profile;show' {
            break
        }
        'devenv;help;profile;use' {
            break
        }
        'devenv;help;allow' {
            break
        }
        'devenv;help;deny' {
            break
        }
        'devenv;help;hook' {
            break
        }
        'devenv;help;export' {
            break
        }
        'devenv;help;cache' {
            [CompletionResult]::new('info', 'info', [CompletionResultType]::ParameterValue, 'Show where bytecode lies, how much there is, and what of it costs time')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Judge every bytecode file: would Python run old code?')
            [CompletionResult]::new('clear', 'clear', [CompletionResultType]::ParameterValue, 'Remove bytecode, and what tools leave behind')
            [CompletionResult]::new('warm', 'warm', [CompletionResultType]::ParameterValue, 'Compile ahead, on all cores, what is missing or stale')
            [CompletionResult]::new('arm', 'arm', [CompletionResultType]::ParameterValue, 'Have Python check every bytecode file by content, as before a run')
            break
        }
        'devenv;help;cache;info' {
            break
        }
        'devenv;help;cache;verify' {
            break
        }
        'devenv;help;cache;clear' {
            break
        }
        'devenv;help;cache;warm' {
            break
        }
        'devenv;help;cache;arm' {
            break
        }
        'devenv;help;inject' {
            break
        }
        'devenv;help;check' {
            break
        }
        'devenv;help;off' {
            break
        }
        'devenv;help;on' {
            break
        }
        'devenv;help;prompt' {
            break
        }
        'devenv;help;demo' {
            break
        }
        'devenv;help;completions' {
            break
        }
        'devenv;help;man' {
            break
        }
        'devenv;help;schema' {
            break
        }
        'devenv;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
