# devenv for PowerShell, 7 and later: Invoke-Expression (& devenv hook pwsh | Out-String)
# At an idle prompt only `check` runs, a block with literal paths that devenv writes anew whenever it is asked. It says
# whether anything changed and starts no process. Everything else is decided in devenv. A prompt is shown, and so this
# acts, only where somebody types.
if (-not (Test-Path Variable:global:__pydevenv)) {
    # An empty argument would get lost, so that no state is `-`.
    $global:__pydevenv = @{ exe = @DEVENV@; record = ''; state = '-'; check = { $true }; was = @{} }
    $global:__pydevenv.prompt = $function:prompt

    $global:__pydevenv.define = { param($name, $ours)
        $global:__pydevenv.was[$name] = @{ ours = $ours; alias = Get-Item "Alias:$name" -ErrorAction Ignore
            function = Get-Item "Function:$name" -ErrorAction Ignore }
        Remove-Item "Alias:$name" -Force -ErrorAction Ignore
        Set-Item "Function:global:$name" $ours
    }
    $global:__pydevenv.restore = { param($name)
        $was = $global:__pydevenv.was[$name]
        $now = Get-Item "Function:$name" -ErrorAction Ignore
        if ($was -and $now -and "$($now.ScriptBlock)" -ceq "$($was.ours)") {
            Remove-Item "Function:$name"
            if ($was.function) { Set-Item "Function:global:$name" $was.function.ScriptBlock }
            if ($was.alias) { Set-Alias $name $was.alias.Definition -Scope Global }
        }
        $global:__pydevenv.was.Remove($name)
    }

    $global:__pydevenv.ask = {
        $env:PYDEVENV_RECORD = $global:__pydevenv.record
        try {
            $turn = & $global:__pydevenv.exe __turn pwsh "$($PSVersionTable.PSVersion)" $PID $global:__pydevenv.state `
                (Get-Location -PSProvider FileSystem).ProviderPath | Out-String
        } finally { $env:PYDEVENV_RECORD = $null }
        if ($LASTEXITCODE -eq 0) { Invoke-Expression $turn }
    }

    function global:prompt {
        $status = $?
        $code = Get-Variable LASTEXITCODE -Scope Global -ValueOnly -ErrorAction Ignore
        # With PYDEVENV_DISABLE, and nothing of ours to take back, not even the check runs.
        if (-not $env:PYDEVENV_DISABLE -or "$env:PYDEVENV_SESSION$($global:__pydevenv.record)") {
            # A check that can't look at a file fails; a devenv that is gone does, too.
            $changed = try { & $global:__pydevenv.check } catch { $true }
            if ($changed) { try { & $global:__pydevenv.ask } catch { } }
        }
        $global:LASTEXITCODE = $code
        if (-not $status) { Write-Error '' -ErrorAction Ignore }
        & $global:__pydevenv.prompt
    }
}
