# devenv for tcsh: eval "`devenv hook tcsh`", at the end of ~/.tcshrc
# At an idle prompt only __pydevenv_check runs, an alias with literal paths that devenv writes anew whenever it is
# asked. It says whether anything changed and starts no process. Everything else is decided in devenv.
# devenv prints this as one line, so that no command here may need two. An alias can't be called by `if`, but by its
# `eval`, which is also what keeps a variable that isn't there from being read.
set __pydevenv_exe = @DEVENV@
if ( ! $?__pydevenv_record ) set __pydevenv_record = ''
if ( ! $?__pydevenv_state ) set __pydevenv_state = '-'

alias __pydevenv_check 'set __pydevenv_asks = 1'

alias __pydevenv_turn 'setenv PYDEVENV_RECORD $__pydevenv_record:q; $__pydevenv_exe:q __turn tcsh $tcsh $$ $__pydevenv_state:q $cwd:q'
alias __pydevenv_ask 'eval "`__pydevenv_turn`"'

# With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
alias __pydevenv_off 'if ( $%PYDEVENV_DISABLE && ! $?PYDEVENV_SESSION && ! $%__pydevenv_record ) set __pydevenv_on = 0'
alias __pydevenv_look 'set __pydevenv_on = 1; if ( $?PYDEVENV_DISABLE ) eval __pydevenv_off'
alias __pydevenv_test 'set __pydevenv_asks = 0; if ( $__pydevenv_on ) eval __pydevenv_check'
alias __pydevenv_act 'if ( $__pydevenv_asks && -x $__pydevenv_exe:q ) eval __pydevenv_ask'
alias __pydevenv_hook '__pydevenv_look; __pydevenv_test; __pydevenv_act'

# tcsh takes a precmd away that Ctrl-C interrupts, but no periodic, which runs before every prompt too where there is
# no tperiod. In front of what the user has there.
set __pydevenv_event = periodic
if ( $?tperiod ) set __pydevenv_event = precmd
alias __pydevenv_add 'alias $__pydevenv_event "__pydevenv_hook; $__pydevenv_user:q"'
alias __pydevenv_find 'set __pydevenv_user = "`alias $__pydevenv_event`"'
alias __pydevenv_join 'if ( ! ( "$__pydevenv_user:q" =~ *__pydevenv_hook* ) ) eval __pydevenv_add'
alias __pydevenv_load '__pydevenv_find; __pydevenv_join; unset __pydevenv_user'
if ( $?prompt ) eval __pydevenv_load
