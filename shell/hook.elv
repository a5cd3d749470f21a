# devenv for elvish: eval (devenv hook elvish | slurp)
# At an idle prompt only `check` runs, a function with literal paths and contents that devenv writes anew whenever it is
# asked. It says whether anything changed and starts no process. Everything else is decided in devenv.
use builtin

# What the text of a turn sees and sets. Modules that not every version has, or needs, are named at run time.
var outer = (eval &on-end={|names| put $names } '')
var ours = (ns [
    &record='' &state='' &check={ put $true }
    &exists~=(try { eval 'use os; put {|path| os:exists &follow-symlink $path }' } catch _ {
        eval 'use path; put {|p| or (path:is-regular &follow-symlink $p) (path:is-dir &follow-symlink $p) }' })
    # The command that the user had by a name when the hook was loaded.
    &own~={|name|
        if (has-key $outer $name'~') { put $outer[$name'~']
        } elif (has-key $builtin: $name'~') { put $builtin:[$name'~']
        } else { external $name }
    }
])
var ready = $false

fn ask {
    tmp E:PYDEVENV_RECORD = $ours[record]
    eval &ns=$ours ((external @DEVENV@) __turn elvish $version $pid $ours[state] $pwd | slurp)
}

# With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
fn hook {
    set ready = $true
    if (or (eq $E:PYDEVENV_DISABLE '') (not-eq $E:PYDEVENV_SESSION$ours[record] '')) {
        # A check that can't read a file fails; a devenv that is gone does, too.
        if (try { $ours[check] } catch _ { put $true }) { try { ask } catch _ { } }
    }
}

# Not before the first prompt.
fn moved {|_| if $ready { hook } }

# Only where there is an editor, and once.
try { eval &ns=(ns [&hook~=$hook~ &moved~=$moved~]) '
    if (not (has-value [(each {|f| try { put $f[body] } catch _ { } } $edit:before-readline)] $hook~[body])) {
        set edit:before-readline = [$@edit:before-readline $hook~]
        set after-chdir = [$@after-chdir $moved~]
    }' } catch _ { }
