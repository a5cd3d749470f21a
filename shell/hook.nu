# devenv for nushell: devenv hook nu | save -f ($nu.user-autoload-dirs.0 | path join devenv.nu)
# At an idle prompt only `changed` runs, which compares what devenv told it to watch when it was last asked, and starts
# no process. Everything else is decided in devenv.
if $nu.is-interactive and '__pydevenv' not-in $env {
    let exe = @DEVENV@
    # No child inherits a record.
    $env.__pydevenv = {record: '' state: '' watch: null}

    let text = {|name|
        let value = ($env | get -o $name)
        if $value == null { '' } else { [$value] | flatten | str join ':' }
    }
    let changed = {|watch| (
        $watch == null or $env.PWD != $watch.cwd
        or ($watch.variables | any {|it| (do $text $it.name) != $it.value })
        or ($watch.files | any {|it| (open --raw $it.path | decode utf-8) != $it.content })
        or ($watch.there | any {|it| not ($it | path exists) })
        or ($watch.absent | any {|it| $it | path exists })
    )}

    # Commands are defined right before the next line runs: only there does text become code.
    let line = {|name| $"^($exe | to json) run -- ($name)" }
    let ours = {|name| scope aliases | any {|it| $it.name == $name and $it.expansion == (do $line $name) }}
    let known = {|name| which $name | any {|it| $it.type != 'external' }}
    let gone = {|name, was| if not (do $ours $name) { [] } else {
        [$"hide ($name)" ...(if (do $known $was) { [$"alias ($name) = ($was)" $"hide ($was)"] } else { [] })]
    }}
    let new = {|name, was|
        let own = (do $known $was) or ((do $known $name) and not (do $ours $name))
        [...(if $own { [$"alias ($was) = ($name)"] } else { [] }) $"alias ($name) = (do $line $name)"]
    }
    let once = '$env.config.hooks.pre_execution = (
        $env.config.hooks.pre_execution | where {|it| ($it | describe) !~ pydevenv })'

    let ask = {||
        let kept = $env.__pydevenv
        let turn = (with-env {PYDEVENV_RECORD: $kept.record} {
            let cwd = $env.PWD
            # No program starts where there is no directory.
            if not ($cwd | path exists) { cd / }
            ^$exe __turn nu (version).version $nu.pid $kept.state $cwd | from json
        })
        load-env $turn.set
        hide-env -i ...$turn.hide
        let code = [...($turn.gone | each {|it| do $gone $it $"__pydevenv_was_($it)" })
            ...($turn.new | each {|it| do $new $it $"__pydevenv_was_($it)" })] | flatten
        if ($code | is-not-empty) {
            $env.config.hooks.pre_execution ++= [{pydevenv: 1 code: $once} {pydevenv: 1 code: ($code | str join "\n")}]
        }
        $env.__pydevenv = ($turn | select record state watch)
    }

    # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
    $env.config.hooks.pre_prompt = ($env.config.hooks.pre_prompt | append {||
        let kept = $env.__pydevenv
        if ($env.PYDEVENV_DISABLE? | is-empty) or ($"($env.PYDEVENV_SESSION?)($kept.record)" | is-not-empty) {
            # A check that can't read a file fails; a devenv that is gone does, too.
            if (try { do $changed $kept.watch } catch { true }) { try { do --env $ask } }
        }
    })
}
