module completions {

  def "nu-complete devenv color" [] {
    [ "auto" "always" "never" ]
  }

  # Python edits that take effect: always in development, cached in production
  export extern devenv [
    --color: string@"nu-complete devenv color" # When to use colours
    --help(-h)                # Print help
    --version(-V)             # Print version
  ]

  def "nu-complete devenv run profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv run clear" [] {
    [ "stale" "all" ]
  }

  def "nu-complete devenv run color" [] {
    [ "auto" "always" "never" ]
  }

  # Run a command in the project's environment
  export extern "devenv run" [
    --profile(-p): string@"nu-complete devenv run profile" # Use this profile
    --clear: string@"nu-complete devenv run clear" # Remove the project's bytecode first: `all` of it, or what is `stale`
    --fresh                   # Read no bytecode that is there, and leave no trace
    --no-fill                 # Start no background fill
    --allow                   # Trust the project's configuration as it is now, first
    --dry-run(-n)             # Show what would be done, and do nothing
    --explain                 # As `--dry-run`, with every variable and every file
    --watch(-w)               # Start the command again whenever a source of the project, or what its plan was read from, changes
    --grace: string           # With `--watch`: kill what did not end so long after it was asked to
    --json                    # With `--dry-run` or `--explain`: print it as JSON
    --color: string@"nu-complete devenv run color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    ...command: string        # The command and its arguments
  ]

  def "nu-complete devenv status profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv status color" [] {
    [ "auto" "always" "never" ]
  }

  # Show the project, its profile, its trust and its plan
  export extern "devenv status" [
    --profile(-p): string@"nu-complete devenv status profile" # Show what this profile would do
    --hook                    # Show what the hook of this shell decided last, from what, and whether its next prompt asks again
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv status color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv why profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv why color" [] {
    [ "auto" "always" "never" ]
  }

  # Say which file an import really loads, and why an edit does not take effect
  export extern "devenv why" [
    --profile(-p): string@"nu-complete devenv why profile" # Judge what `devenv run` with this profile would do
    --python: path            # Judge for this interpreter
    --deep                    # Prove bytecode that looks fresh, too: compile its source again and compare
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv why color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    target?: path             # A file, a module or a console script
  ]

  def "nu-complete devenv doctor color" [] {
    [ "auto" "always" "never" ]
  }

  # Check the project and its set-up: what keeps edits from running, and what costs time
  export extern "devenv doctor" [
    --fix                     # Cure what can be cured without asking: ignore rules, bytecode that is believed too easily (not in a `cached` profile)
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv doctor color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete devenv init color" [] {
    [ "auto" "always" "never" ]
  }

  # Write a short `devenv.toml` from what is found, and trust it
  export extern "devenv init" [
    --dry-run(-n)             # Print the file and write nothing
    --color: string@"nu-complete devenv init color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete devenv import from" [] {
    [ "direnv" "dotenv" "mise" ]
  }

  def "nu-complete devenv import color" [] {
    [ "auto" "always" "never" ]
  }

  # Propose a `devenv.toml` from what another tool reads
  export extern "devenv import" [
    --dry-run(-n)             # Print the proposal and write nothing
    --color: string@"nu-complete devenv import color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    from: string@"nu-complete devenv import from" # Whose file it is
    path?: path               # The file, or its directory; here where it is left out
  ]

  def "nu-complete devenv profile color" [] {
    [ "auto" "always" "never" ]
  }

  # List, show or choose profiles
  export extern "devenv profile" [
    --color: string@"nu-complete devenv profile color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv profile list color" [] {
    [ "auto" "always" "never" ]
  }

  # List the profiles; the chosen one is marked
  export extern "devenv profile list" [
    --json                    # Print them as JSON
    --color: string@"nu-complete devenv profile list color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv profile show name" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv profile show color" [] {
    [ "auto" "always" "never" ]
  }

  # Show what a profile does, and where each part is written
  export extern "devenv profile show" [
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv profile show color" # When to use colours
    --help(-h)                # Print help
    name?: string@"nu-complete devenv profile show name" # The profile; the chosen one where it is left out
  ]

  def "nu-complete devenv profile use name" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv profile use color" [] {
    [ "auto" "always" "never" ]
  }

  # Choose a profile for this checkout; nothing is written into the tree
  export extern "devenv profile use" [
    --unset                   # Forget the choice
    --color: string@"nu-complete devenv profile use color" # When to use colours
    --help(-h)                # Print help
    name?: string@"nu-complete devenv profile use name" # The profile
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv profile help" [
  ]

  # List the profiles; the chosen one is marked
  export extern "devenv profile help list" [
  ]

  # Show what a profile does, and where each part is written
  export extern "devenv profile help show" [
  ]

  # Choose a profile for this checkout; nothing is written into the tree
  export extern "devenv profile help use" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv profile help help" [
  ]

  def "nu-complete devenv allow color" [] {
    [ "auto" "always" "never" ]
  }

  # Trust the project's configuration as it is now
  export extern "devenv allow" [
    --list                    # List the decisions
    --prune                   # Forget decisions about projects that are gone
    --owner: string           # As root: accept files that belong to this user too
    --dry-run(-n)             # Show the meaning and allow nothing
    --color: string@"nu-complete devenv allow color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    path?: directory          # A directory of the project
  ]

  def "nu-complete devenv deny color" [] {
    [ "auto" "always" "never" ]
  }

  # Never act on the project's configuration
  export extern "devenv deny" [
    --color: string@"nu-complete devenv deny color" # When to use colours
    --help(-h)                # Print help
    path?: directory          # A directory of the project
  ]

  def "nu-complete devenv hook shell" [] {
    [ "bash" "zsh" "fish" "nu" "elvish" "xonsh" "tcsh" "pwsh" ]
  }

  def "nu-complete devenv hook color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the hook of a shell
  export extern "devenv hook" [
    --color: string@"nu-complete devenv hook color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    shell: string@"nu-complete devenv hook shell" # The shell: its name, its path, or `$0`
  ]

  def "nu-complete devenv export target" [] {
    [ "bash" "zsh" "fish" "nu" "elvish" "xonsh" "tcsh" "pwsh" "json" "dotenv" "docker" "github" "github-path" "gitlab" "dockerfile" "compose" "kubernetes" "systemd" "nix" "make" ]
  }

  def "nu-complete devenv export profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv export dialect" [] {
    [ "common" "docker" "dotenvx" "node" "python" "sh" "uv" ]
  }

  def "nu-complete devenv export color" [] {
    [ "auto" "always" "never" ]
  }

  # Print what a command would get here, for a shell or another program
  export extern "devenv export" [
    --profile(-p): string@"nu-complete devenv export profile" # Use this profile
    --set-only                # Unset nothing: leave out what would be, and write variables of Python's own as empty
    --dialect: string@"nu-complete devenv export dialect" # With `dotenv`: who will read it
    --color: string@"nu-complete devenv export color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    target: string@"nu-complete devenv export target" # A format, or a shell: its name, its path, or `$0`
  ]

  def "nu-complete devenv cache color" [] {
    [ "auto" "always" "never" ]
  }

  # Look at caches, clear them, and make them ahead
  export extern "devenv cache" [
    --color: string@"nu-complete devenv cache color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete devenv cache info color" [] {
    [ "auto" "always" "never" ]
  }

  # Show where bytecode lies, how much there is, and what of it costs time
  export extern "devenv cache info" [
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv cache info color" # When to use colours
    --help(-h)                # Print help
    path?: directory          # A directory of the project
  ]

  def "nu-complete devenv cache verify profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv cache verify color" [] {
    [ "auto" "always" "never" ]
  }

  # Judge every bytecode file: would Python run old code?
  export extern "devenv cache verify" [
    --deep                    # Prove what Python would run: compile the sources again and compare
    --all                     # Name every file, not only those that need attention
    --repair                  # Arm or remove what is wrong
    --profile(-p): string@"nu-complete devenv cache verify profile" # Judge by what this profile needs; with a `cached` one, armed files are wrong too
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv cache verify color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    ...paths: path            # Directories or modules; the project where they are left out
  ]

  def "nu-complete devenv cache clear debris" [] {
    [ "coverage" "jupyter" "mypy" "package" "pyre" "pytest" "ruff" "tox" "all" ]
  }

  def "nu-complete devenv cache clear color" [] {
    [ "auto" "always" "never" ]
  }

  # Remove bytecode, and what tools leave behind
  export extern "devenv cache clear" [
    --stale                   # Only what is not fresh, armed or verified
    --all                     # All bytecode; so it is without an option
    --orphans                 # Only bytecode that is imported although its source is gone
    --tests                   # Only what pytest rewrote
    --debris: string@"nu-complete devenv cache clear debris" # Instead: what these tools left in the project
    --erase: string           # Instead: files whose path in the project matches, after a question
    --ignore(-i): path        # Keep what has this name or path, or matches such a pattern, and all that is in it; several by comma
    --folders(-f)             # Remove directories, too, that held nothing else
    --dry-run(-n)             # Show what would be removed, and remove nothing
    --yes(-y)                 # Ask nothing
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv cache clear color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    ...paths: path            # Directories or modules; the project where they are left out. `bytecode` in front of them names the cache
  ]

  def "nu-complete devenv cache warm profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv cache warm mode" [] {
    [ "timestamp" "checked" "unchecked" ]
  }

  def "nu-complete devenv cache warm color" [] {
    [ "auto" "always" "never" ]
  }

  # Compile ahead, on all cores, what is missing or stale
  export extern "devenv cache warm" [
    --profile(-p): string@"nu-complete devenv cache warm profile" # Use this profile's interpreter and level of optimisation
    --mode: string@"nu-complete devenv cache warm mode" # How Python is to check each file; left out, as the profile needs it
    --packages                # Third-party packages and the standard library too
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv cache warm color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete devenv cache arm color" [] {
    [ "auto" "always" "never" ]
  }

  # Have Python check every bytecode file by content, as before a run
  export extern "devenv cache arm" [
    --dry-run(-n)             # Show how many files would be touched, and touch none
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv cache arm color" # When to use colours
    --help(-h)                # Print help
    ...paths: path            # Directories or modules; the project where they are left out
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv cache help" [
  ]

  # Show where bytecode lies, how much there is, and what of it costs time
  export extern "devenv cache help info" [
  ]

  # Judge every bytecode file: would Python run old code?
  export extern "devenv cache help verify" [
  ]

  # Remove bytecode, and what tools leave behind
  export extern "devenv cache help clear" [
  ]

  # Compile ahead, on all cores, what is missing or stale
  export extern "devenv cache help warm" [
  ]

  # Have Python check every bytecode file by content, as before a run
  export extern "devenv cache help arm" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv cache help help" [
  ]

  def "nu-complete devenv inject target" [] {
    [ "devcontainer" "gitignore" "vscode" "pyright" "zed" "direnv" "jupyter" "compose" "dockerfile" "pre-commit" ]
  }

  def "nu-complete devenv inject profile" [] {
    ^devenv __complete profiles | complete | get stdout | lines
  }

  def "nu-complete devenv inject color" [] {
    [ "auto" "always" "never" ]
  }

  # Put a profile's environment into the files of another tool
  export extern "devenv inject" [
    --profile(-p): string@"nu-complete devenv inject profile" # Use this profile
    --config: path            # The file that is meant, where there are several or it lies elsewhere
    --all                     # Every configuration of the tool
    --check                   # Only look: exit with 1 where a file is not as it should be
    --remove                  # Take out what was put in, and nothing else
    --dry-run(-n)             # Show the change, and change nothing
    --force                   # Replace other values too
    --feature                 # devcontainer: also install devenv in the container, by a Feature in `.devcontainer/devenv`
    --image: string           # devcontainer: the image, where a configuration has to be made or names none; another needs `--force`
    --launch                  # vscode: also the Python debuggers of `launch.json`
    --service: string         # compose: the service, where there are several
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv inject color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
    target: string@"nu-complete devenv inject target" # The tool
  ]

  def "nu-complete devenv check color" [] {
    [ "auto" "always" "never" ]
  }

  # Check what git tracks and ignores, the configuration, and what was injected
  export extern "devenv check" [
    --staged                  # Of what git tracks, only what is about to be committed
    --fix                     # Put right what can be: take bytecode out of the index, add ignore rules, inject again
    --json                    # Print it as JSON
    --color: string@"nu-complete devenv check color" # When to use colours
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete devenv off color" [] {
    [ "auto" "always" "never" ]
  }

  # Let the hook do nothing, until `devenv on`
  export extern "devenv off" [
    --project                 # Only in the project here
    --color: string@"nu-complete devenv off color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv on color" [] {
    [ "auto" "always" "never" ]
  }

  # Let the hook act again, and take back what you changed of its variables
  export extern "devenv on" [
    --project                 # Only in the project here
    --color: string@"nu-complete devenv on color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv prompt color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the name of the profile that this shell has, for a prompt
  export extern "devenv prompt" [
    --color: string@"nu-complete devenv prompt color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv demo color" [] {
    [ "auto" "always" "never" ]
  }

  # Show in a temporary directory how Python runs old code, and how it does not
  export extern "devenv demo" [
    --color: string@"nu-complete devenv demo color" # When to use colours
    --help(-h)                # Print help
  ]

  def "nu-complete devenv completions shell" [] {
    [ "bash" "zsh" "fish" "nu" "elvish" "pwsh" ]
  }

  def "nu-complete devenv completions color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the completions of a shell
  export extern "devenv completions" [
    --color: string@"nu-complete devenv completions color" # When to use colours
    --help(-h)                # Print help
    shell: string@"nu-complete devenv completions shell" # The shell
  ]

  def "nu-complete devenv man color" [] {
    [ "auto" "always" "never" ]
  }

  # Print a manual page
  export extern "devenv man" [
    --out-dir: directory      # Write every page into this directory
    --color: string@"nu-complete devenv man color" # When to use colours
    --help(-h)                # Print help
    command?: string          # The command; the overview where it is left out
  ]

  def "nu-complete devenv schema color" [] {
    [ "auto" "always" "never" ]
  }

  # Print the JSON schema of `devenv.toml`, for editors
  export extern "devenv schema" [
    --color: string@"nu-complete devenv schema color" # When to use colours
    --help(-h)                # Print help
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv help" [
  ]

  # Run a command in the project's environment
  export extern "devenv help run" [
  ]

  # Show the project, its profile, its trust and its plan
  export extern "devenv help status" [
  ]

  # Say which file an import really loads, and why an edit does not take effect
  export extern "devenv help why" [
  ]

  # Check the project and its set-up: what keeps edits from running, and what costs time
  export extern "devenv help doctor" [
  ]

  # Write a short `devenv.toml` from what is found, and trust it
  export extern "devenv help init" [
  ]

  # Propose a `devenv.toml` from what another tool reads
  export extern "devenv help import" [
  ]

  # List, show or choose profiles
  export extern "devenv help profile" [
  ]

  # List the profiles; the chosen one is marked
  export extern "devenv help profile list" [
  ]

  # Show what a profile does, and where each part is written
  export extern "devenv help profile show" [
  ]

  # Choose a profile for this checkout; nothing is written into the tree
  export extern "devenv help profile use" [
  ]

  # Trust the project's configuration as it is now
  export extern "devenv help allow" [
  ]

  # Never act on the project's configuration
  export extern "devenv help deny" [
  ]

  # Print the hook of a shell
  export extern "devenv help hook" [
  ]

  # Print what a command would get here, for a shell or another program
  export extern "devenv help export" [
  ]

  # Look at caches, clear them, and make them ahead
  export extern "devenv help cache" [
  ]

  # Show where bytecode lies, how much there is, and what of it costs time
  export extern "devenv help cache info" [
  ]

  # Judge every bytecode file: would Python run old code?
  export extern "devenv help cache verify" [
  ]

  # Remove bytecode, and what tools leave behind
  export extern "devenv help cache clear" [
  ]

  # Compile ahead, on all cores, what is missing or stale
  export extern "devenv help cache warm" [
  ]

  # Have Python check every bytecode file by content, as before a run
  export extern "devenv help cache arm" [
  ]

  # Put a profile's environment into the files of another tool
  export extern "devenv help inject" [
  ]

  # Check what git tracks and ignores, the configuration, and what was injected
  export extern "devenv help check" [
  ]

  # Let the hook do nothing, until `devenv on`
  export extern "devenv help off" [
  ]

  # Let the hook act again, and take back what you changed of its variables
  export extern "devenv help on" [
  ]

  # Print the name of the profile that this shell has, for a prompt
  export extern "devenv help prompt" [
  ]

  # Show in a temporary directory how Python runs old code, and how it does not
  export extern "devenv help demo" [
  ]

  # Print the completions of a shell
  export extern "devenv help completions" [
  ]

  # Print a manual page
  export extern "devenv help man" [
  ]

  # Print the JSON schema of `devenv.toml`, for editors
  export extern "devenv help schema" [
  ]

  # Print this message or the help of the given subcommand(s)
  export extern "devenv help help" [
  ]

}

export use completions *
