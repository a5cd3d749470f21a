# devenv for xonsh: execx($(devenv hook xonsh))
# At an idle prompt only check() runs, a function with literal paths that devenv writes anew whenever it is asked. It
# says whether anything changed and starts no process. Everything else is decided in devenv.
# What devenv prints is run with `kept` around it, and sets `check`, `state` and `record` there.
if __xonsh__.env.get("XONSH_INTERACTIVE"):

    def __pydevenv_load():
        import os
        import subprocess

        env, aliases, events = __xonsh__.env, __xonsh__.aliases, __xonsh__.builtins.events
        new = {"record": "", "state": "", "is_ready": False, "was": {}, "ours": {}, "handlers": []}
        kept = vars(__xonsh__).setdefault("pydevenv", new)
        kept.update(os=os, env=env, aliases=aliases, check=lambda: True)

        def ask():
            exe, cwd = "@DEVENV@", env.get("PWD", "")
            words = [exe, "__turn", "xonsh", env.get("XONSH_VERSION", ""), str(os.getpid()), kept["state"], cwd]
            variables = {**env.detype(), "PYDEVENV_RECORD": kept["record"]}
            try:
                turn = subprocess.run(words, env=variables, stdout=subprocess.PIPE)
            except OSError:
                return
            if turn.returncode == 0:
                exec(turn.stdout, kept)

        # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
        def on_pre_prompt(**_):
            kept["is_ready"] = True
            is_on = not env.get("PYDEVENV_DISABLE") or env.get("PYDEVENV_SESSION") or kept["record"]
            if is_on and kept["check"]():
                ask()

        # Not before the first prompt.
        def on_chdir(**_):
            if kept["is_ready"]:
                on_pre_prompt()

        for event, handler in kept["handlers"]:
            event.discard(handler)
        kept["handlers"] = [(events.on_pre_prompt, on_pre_prompt), (events.on_chdir, on_chdir)]
        for event, handler in kept["handlers"]:
            event(handler)

    __pydevenv_load()
    del __pydevenv_load
