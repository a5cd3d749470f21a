
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
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a short `devenv.toml` from what is found, and trust it')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List, show or choose profiles')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Trust the project''s configuration as it is now')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Never act on the project''s configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Print the hook of a shell')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print what a command would get here, for a shell to evaluate')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Let the hook do nothing, until `devenv on`')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Let the hook act again, and take back what you changed of its variables')
            [CompletionResult]::new('prompt', 'prompt', [CompletionResultType]::ParameterValue, 'Print the name of the profile that this shell has, for a prompt')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show in a temporary directory how Python runs old code, and how it does not')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;run' {
            [CompletionResult]::new('-p', '-p', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'Use this profile')
            [CompletionResult]::new('--clear', '--clear', [CompletionResultType]::ParameterName, 'Remove the project''s bytecode first: `all` of it, or what is `stale`')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--fresh', '--fresh', [CompletionResultType]::ParameterName, 'Read and write no bytecode at all, and leave no trace')
            [CompletionResult]::new('--no-fill', '--no-fill', [CompletionResultType]::ParameterName, 'Start no background fill')
            [CompletionResult]::new('--allow', '--allow', [CompletionResultType]::ParameterName, 'Trust the project''s configuration as it is now, first')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Show what would be done, and do nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be done, and do nothing')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'With `--dry-run`: print it as JSON')
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
        'devenv;init' {
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('-n', '-n', [CompletionResultType]::ParameterName, 'Print the file and write nothing')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Print the file and write nothing')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help')
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
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
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
        'devenv;help' {
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command in the project''s environment')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the project, its profile, its trust and its plan')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write a short `devenv.toml` from what is found, and trust it')
            [CompletionResult]::new('profile', 'profile', [CompletionResultType]::ParameterValue, 'List, show or choose profiles')
            [CompletionResult]::new('allow', 'allow', [CompletionResultType]::ParameterValue, 'Trust the project''s configuration as it is now')
            [CompletionResult]::new('deny', 'deny', [CompletionResultType]::ParameterValue, 'Never act on the project''s configuration')
            [CompletionResult]::new('hook', 'hook', [CompletionResultType]::ParameterValue, 'Print the hook of a shell')
            [CompletionResult]::new('export', 'export', [CompletionResultType]::ParameterValue, 'Print what a command would get here, for a shell to evaluate')
            [CompletionResult]::new('off', 'off', [CompletionResultType]::ParameterValue, 'Let the hook do nothing, until `devenv on`')
            [CompletionResult]::new('on', 'on', [CompletionResultType]::ParameterValue, 'Let the hook act again, and take back what you changed of its variables')
            [CompletionResult]::new('prompt', 'prompt', [CompletionResultType]::ParameterValue, 'Print the name of the profile that this shell has, for a prompt')
            [CompletionResult]::new('demo', 'demo', [CompletionResultType]::ParameterValue, 'Show in a temporary directory how Python runs old code, and how it does not')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print the completions of a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print a manual page')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'devenv;help;run' {
            break
        }
        'devenv;help;status' {
            break
        }
        'devenv;help;init' {
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
        'devenv;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
