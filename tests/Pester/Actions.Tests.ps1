BeforeDiscovery {
    # A program of every system of its kind, a file that is none, a folder that is not there, and one that is.
    $shell = if ($IsWindows) { 'cmd.exe' } else { 'sh' }
    $noProgram = if ($IsWindows) { Join-Path $env:SystemRoot 'System32\drivers\etc\hosts' } else { '/etc/passwd' }
    $noFolder = if ($IsWindows) { 'C:\no\such' } else { '/no/such' }
    $aFolder = [IO.Path]::GetTempPath()
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestMonitor.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }
    $atCa = @{ StepPath = $ca.Folder; RetryTimeout = '0s' }

    function Get-NewFolder {
        [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
    }

    # The programs of many tests are those of Unix.
    function Skip-OnWindows {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'the programs of these tests are those of Unix' }
    }

    function Get-PendingFile {
        Get-ChildItem -LiteralPath $folder -Force -Filter '*.stepcarenew-pending*'
    }

    # A systemctl that knows the services of a folder, and writes down what it is asked; no test machine needs systemd.
    function New-FakeSystemctl {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Folder)
        $path = Join-Path $Folder 'systemctl'
        [IO.File]::WriteAllText($path, @'
#!/bin/sh
folder=$(dirname "$0")
[ "$1" = --quiet ] && shift
verb=$1
[ "$2" = -- ] || exit 64
echo "$verb $3" >> "$folder/calls"
case $verb in
    is-active) [ -e "$folder/bus-is-down" ] && { echo 'Failed to connect to bus' >&2; exit 1; }
        [ -e "$folder/unit-$3" ] || { echo inactive; exit 4; }
        # A line for each state that the service goes through; it stays in the last one.
        state=$(head -n 1 "$folder/unit-$3")
        [ "$(wc -l <"$folder/unit-$3")" -eq 1 ] || sed -i 1d "$folder/unit-$3"
        echo "$state"
        [ "$state" = active ] || exit 3 ;;
    *) [ -e "$folder/fail-$3" ] && { echo "Job for $3 failed." >&2; exit 1; } ;;
esac
exit 0
'@)
        [IO.File]::SetUnixFileMode($path, 'UserRead, UserWrite, UserExecute')
    }

    function Get-SystemctlCall {
        @(Get-Content (Join-Path $tools calls) -ErrorAction Ignore)
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'Actions after a renewal' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = Get-NewFolder
        $trace = Join-Path $folder trace
        # A program that makes this file, and one that fails.
        $touch = if ($IsWindows) { @{ FilePath = 'cmd.exe'; ArgumentList = '/d', '/c', 'echo', "done>$trace" } } else { @{ FilePath = 'touch'; ArgumentList = $trace } }
        $failing = if ($IsWindows) { @{ FilePath = 'cmd.exe'; ArgumentList = '/d', '/c', 'exit', '1' } } else { @{ FilePath = 'false' } }
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Age 17:00:00
        $path = $pair.CertificatePath
    }

    Context 'Programs' {
        BeforeEach { Skip-OnWindows }

        It 'runs a program once, with its arguments unchanged and the renewal in its environment' {
            $old = Get-LeafSerial $path
            $result = Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'printf "%s|" "$@" > $0; env | grep ^STEPCARENEW_ >> $0', $trace, 'a  b', '$HOME', '"q"'
            $result.Status | Should -BeExactly Renewed
            $result.ActionsPending | Should -BeFalse
            $text = Get-Content $trace -Raw
            $text | Should -BeLike 'a  b|$HOME|"q"|*'
            $text | Should -BeLike "*STEPCARENEW_OLD_SERIAL=$old*"
            $text | Should -BeLike "*STEPCARENEW_SERIAL=$($result.SerialNumber)*"
            $text | Should -BeLike "*STEPCARENEW_CERTIFICATE_PATH=$path*"
            $text | Should -BeLike "*STEPCARENEW_KEY_PATH=$($pair.KeyPath)*"
            $text | Should -Match '(?m)^STEPCARENEW_NOT_AFTER=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$'
            Get-ChildItem $folder -Force -Filter '*.stepcarenew*' | ForEach-Object Name | Sort-Object | Should -Be '.web.local.crt.stepcarenew-acting', '.web.local.crt.stepcarenew-lock'
        }

        It 'runs nothing if nothing is due, and nothing with -WhatIf' {
            Invoke-StepRenewal $path @atCa -FilePath touch -ArgumentList $trace -WhatIf | ForEach-Object Status | Should -BeExactly WouldRenew
            Invoke-StepRenewal $path @atCa | Out-Null
            Invoke-StepRenewal $path @atCa -FilePath touch -ArgumentList $trace | ForEach-Object Status | Should -BeExactly NotDue
            $trace | Should -Not -Exist
        }

        It 'reports a failure, undoes nothing, and retries without renewing' {
            $action = @{ FilePath = 'sh'; ArgumentList = '-c', 'test -e $0 || { echo no such thing >&2; exit 5; }', $trace }
            $first = Invoke-StepRenewal $path @atCa @action -ErrorVariable problem -ErrorAction SilentlyContinue
            $first.Status | Should -BeExactly Renewed
            $first.ActionsPending | Should -BeTrue
            $first.ErrorId | Should -BeExactly ActionFailed
            $problem | Should -HaveCount 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'ActionFailed,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
            $problem[0].Exception.Message | Should -BeLike "*exit code 5*no such thing*"
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
            Get-LeafSerial $path | Should -BeExactly $first.SerialNumber
            Get-PendingFile | Should -HaveCount 1

            New-Item $trace | Out-Null
            $again = Invoke-StepRenewal $path @atCa @action
            $again.Status | Should -BeExactly NotDue
            $again.Changed | Should -BeFalse
            $again.ActionsPending | Should -BeFalse
            $again.ErrorId | Should -BeNullOrEmpty
            $again.SerialNumber | Should -BeExactly $first.SerialNumber
            Get-PendingFile | Should -BeNullOrEmpty
        }

        It 'runs an action that was corrected, once, and without renewing' {
            $failed = Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'exit 1' -ErrorAction SilentlyContinue
            $failed.ActionsPending | Should -BeTrue
            $corrected = Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'echo reload >> $0', $trace -WarningVariable warnings
            $corrected.Status | Should -BeExactly NotDue
            $corrected.ActionsPending | Should -BeFalse
            $corrected.ErrorId | Should -BeNullOrEmpty
            $warnings | Should -BeNullOrEmpty
            Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'echo reload >> $0', $trace | Out-Null
            Get-Content $trace | Should -BeExactly reload
            Get-PendingFile | Should -BeNullOrEmpty
        }

        It 'keeps an action pending through a call without actions' {
            Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'exit 1' -ErrorAction SilentlyContinue | Out-Null
            $without = Invoke-StepRenewal $path @atCa -WarningVariable warnings
            $without.Status | Should -BeExactly NotDue
            $without.ActionsPending | Should -BeTrue
            $warnings | Should -BeNullOrEmpty
            (Invoke-StepRenewal $path @atCa -FilePath touch -ArgumentList $trace).ActionsPending | Should -BeFalse
            $trace | Should -Exist
        }

        It 'runs in the next run the actions that were pending when a run was killed' {
            # The first action kills the run itself, so that the second one never comes.
            $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
                Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' -FilePath sh -ArgumentList '-c', 'test -e `$0 || { touch `$0; kill -9 `$PPID; }', '$folder/killed' -Signal USR1 -PidFile '$folder/pid'"
            (Invoke-FreshPwsh $script).ExitCode | Should -Be 137
            $renewed = Get-LeafSerial $path
            Get-PendingFile | Should -HaveCount 1
            [IO.File]::WriteAllText("$folder/waiter", "trap 'touch $trace; exit' USR1`necho `$`$ > $folder/pid`nwhile :; do sleep 0.05; done`n")
            $waiter = Start-Process sh -ArgumentList "$folder/waiter" -PassThru
            Wait-Until { (Test-Path "$folder/pid") -and (Get-Content "$folder/pid") } | Should -BeTrue

            $result = Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'test -e $0 || { touch $0; kill -9 $PPID; }', "$folder/killed" -Signal USR1 -PidFile "$folder/pid"
            $result.Status | Should -BeExactly NotDue
            $result.ActionsPending | Should -BeFalse
            $result.SerialNumber | Should -BeExactly $renewed
            $waiter.WaitForExit(10000) | Should -BeTrue
            $trace | Should -Exist
            Get-PendingFile | Should -BeNullOrEmpty
        }

        It 'ends a program that takes too long, and its children' {
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $result = Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', 'sleep 321 & echo $! > $0; wait', $trace -ActionTimeout 2s -ErrorAction SilentlyContinue
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 25
            $result.ErrorId | Should -BeExactly ActionFailed
            $result.Message | Should -BeLike '*did not end within 2 s*'
            Wait-Until { -not (Get-Process -Id ([int] (Get-Content $trace)) -ErrorAction Ignore) } | Should -BeTrue
        }

        It 'writes results after the actions, even if the first failure ends the call' {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00
            Remove-Item $other.KeyPath
            { Invoke-StepRenewal $path, $other.CertificatePath @atCa -ThrottleLimit 1 -FilePath touch -ArgumentList $trace -ErrorAction Stop } | Should -Throw -ErrorId 'KeyNotFound,*'
            $trace | Should -Exist
        }

        It 'also ends processes whose parent has ended' {
            Invoke-StepRenewal $path @atCa -FilePath sh -ArgumentList '-c', '(sleep 302 & echo $! > $0); sleep 300', $trace -ActionTimeout 2s -ErrorAction SilentlyContinue | Out-Null
            Wait-Until { -not (Get-Process -Id ([int] (Get-Content $trace)) -ErrorAction Ignore) } | Should -BeTrue
        }

        It 'warns of a damaged record and still renews' {
            [IO.File]::WriteAllText((Join-Path $folder '.web.local.crt.stepcarenew-pending'), '{"version":1,"pending":[{"program":"/bin/sh"}]}')
            $result = Invoke-StepRenewal $path @atCa -FilePath touch -ArgumentList $trace -WarningVariable warnings -WarningAction SilentlyContinue
            $result.Status | Should -BeExactly Renewed
            $result.ActionsPending | Should -BeFalse
            $warnings | Should -HaveCount 1
            Get-PendingFile | Should -BeNullOrEmpty
        }
    }

    Context 'Scripts' {
        It 'runs a script file in its own PowerShell process' {
            $script = Join-Path $folder 'after renewal.ps1'
            Set-Content $script "`"`$PID `$env:STEPCARENEW_NAME`" | Set-Content '$trace'; exit 0"
            (Invoke-StepRenewal $path @atCa -ScriptPath $script).ActionsPending | Should -BeFalse
            $id, $name = (Get-Content $trace) -split ' '
            $id | Should -Not -Be $PID
            $name | Should -BeExactly 'web.local'
        }

        It 'reports the exit code of a script' {
            $script = Join-Path $folder 'fail.ps1'
            Set-Content $script "throw 'not today'"
            $result = Invoke-StepRenewal $path @atCa -ScriptPath $script -ErrorAction SilentlyContinue
            $result.ErrorId | Should -BeExactly ActionFailed
        }

        It 'runs a script block in the session, with the result as $_ and as argument' {
            $seen = @{}
            $result = Invoke-StepRenewal $path @atCa -ScriptBlock { param($renewal) $seen.Argument = $renewal; $seen.Item = $_ }
            $seen.Item.SerialNumber | Should -BeExactly $result.SerialNumber
            $seen.Argument.Status | Should -BeExactly Renewed
        }

        It 'gives a script block all results at once' {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00
            $calls = [Collections.ArrayList]::new()
            Invoke-StepRenewal $path, $other.CertificatePath @atCa -ScriptBlock { $calls.Add(@($_).Count) } | Should -HaveCount 2
            $calls | Should -Be 2
        }

        It 'reports a script block that throws as failed' {
            $result = Invoke-StepRenewal $path @atCa -ScriptBlock { throw 'bang' } -ErrorAction SilentlyContinue -ErrorVariable problem
            $result.ActionsPending | Should -BeTrue
            "$problem" | Should -BeLike '*bang*'
        }
    }

    Context 'Script blocks with flow control' {
        It 'reports <_> as a failure, and continues' -ForEach 'break', 'continue', 'exit 3' {
            $block = [scriptblock]::Create($_)
            $continued = 0
            foreach ($round in 1) {
                $result = Invoke-StepRenewal $path @atCa -ScriptBlock $block -ErrorAction SilentlyContinue -ErrorVariable problem
                $continued++
            }
            $continued | Should -Be 1
            $result.Status | Should -BeExactly Renewed
            $result.ActionsPending | Should -BeTrue
            $result.ErrorId | Should -BeExactly ActionFailed
            "$problem" | Should -BeLike "*left by '$(($_ -split ' ')[0])'*"
            Get-PendingFile | Should -HaveCount 1
        }

        It 'allows break and continue in its own loops' {
            $result = Invoke-StepRenewal $path @atCa -ScriptBlock { foreach ($one in 1, 2) { break }; 1, 2 | Select-Object -First 1 }
            $result.ActionsPending | Should -BeFalse
        }
    }

    Context 'A run within a run' {
        It 'leaves the actions to the outer run, in a script' {
            $script = Join-Path $folder 'again.ps1'
            Set-Content $script @"
Add-Content '$trace' run
Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
(Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' -ScriptPath '$script').ActionsPending | Add-Content '$trace'
exit 0
"@
            $result = Invoke-StepRenewal $path @atCa -ScriptPath $script
            $result.ActionsPending | Should -BeFalse
            Get-Content $trace | Should -Be run, True
            Get-PendingFile | Should -BeNullOrEmpty
        }

        It 'keeps the actions of a forced run in a script block pending, and ends' {
            $calls = [Collections.ArrayList]::new()
            $inner = { $calls.Add((Invoke-StepRenewal $path @atCa -Force -ScriptBlock $inner)) }
            $outer = Invoke-StepRenewal $path @atCa -ScriptBlock $inner
            $calls | Should -HaveCount 1
            $calls[0].Status | Should -BeExactly Renewed
            $calls[0].ActionsPending | Should -BeTrue
            $outer.ActionsPending | Should -BeTrue
            Get-PendingFile | Should -HaveCount 1
        }
    }

    Context 'Calls that end early' {
        BeforeEach {
            $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other -Age 17:00:00
        }

        It 'writes the results so far before the error that -KeyPath is for several' {
            $results = [Collections.ArrayList]::new()
            { $path, $other.CertificatePath | Invoke-StepRenewal -KeyPath $pair.KeyPath @atCa @touch | ForEach-Object { $results.Add($_) } } |
                Should -Throw -ErrorId 'KeyPathForSeveral,*'
            $results | Should -HaveCount 1
            $results[0].Status | Should -BeExactly Renewed
            $results[0].ActionsPending | Should -BeFalse
            $trace | Should -Exist
        }

        It 'writes all results before the error that ends the call' {
            Remove-Item $pair.KeyPath
            $results = [Collections.ArrayList]::new()
            { Invoke-StepRenewal $other.CertificatePath, $path @atCa -ThrottleLimit 1 @touch -ErrorAction Stop | ForEach-Object { $results.Add($_) } } |
                Should -Throw -ErrorId 'KeyNotFound,*'
            $results.Status | Should -Be Renewed, Failed
        }

        It 'runs the actions and writes the result before an event ends the call, with actions: <WithActions>' -ForEach @{ WithActions = $true }, @{ WithActions = $false } {
            $action = if ($WithActions) { $touch } else { @{} }
            $results = [Collections.ArrayList]::new()
            { Invoke-StepRenewal $path @atCa @action -InformationAction Stop | ForEach-Object { $results.Add($_) } } | Should -Throw -ErrorId 'ActionPreferenceStop*'
            $results | Should -HaveCount 1
            $results[0].Status | Should -BeExactly Renewed
            $results[0].SerialNumber | Should -BeExactly (Get-LeafSerial $path)
            $results[0].ActionsPending | Should -BeFalse
            Test-Path $trace | Should -Be $WithActions
        }

        It 'writes the result if nobody can answer the questions of -Debug' {
            $script = "Import-Module '$(Join-Path (Get-TestPackage) StepCaRenew.psd1)'
                Invoke-StepRenewal '$path' -StepPath '$($ca.Folder)' $($touch.FilePath | ForEach-Object { "-FilePath $_ -ArgumentList $(($touch.ArgumentList | ForEach-Object { "'$_'" }) -join ', ')" }) -Debug | ForEach-Object { [Console]::Out.WriteLine(`$_.Status) }"
            (Invoke-FreshPwsh $script).Output | Should -BeLike '*Renewed*'
            $trace | Should -Exist
        }
    }

    Context 'Services, by a systemctl of the test' {
        BeforeEach {
            $before = $null
            Skip-OnWindows
            $tools = Get-NewFolder
            New-FakeSystemctl $tools
            $before = $env:PATH
            $env:PATH = "$tools$([IO.Path]::PathSeparator)$before"
        }

        AfterEach {
            if ($before) { $env:PATH = $before }
        }

        It 'reloads a service that runs' {
            Set-Content (Join-Path $tools unit-web) active
            (Invoke-StepRenewal $path @atCa -ReloadService web).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be 'is-active web', 'try-reload-or-restart web'
        }

        It 'skips a service that is <_>, and reports that' -ForEach 'unknown', 'inactive' {
            if ($_ -eq 'inactive') { Set-Content (Join-Path $tools unit-web) inactive }
            $result = Invoke-StepRenewal $path @atCa -ReloadService web -RestartService web -InformationVariable said
            $result.Status | Should -BeExactly Renewed
            $result.ActionsPending | Should -BeFalse
            $said | Where-Object { "$_" -like "*'web' does not exist or does not run*" } | Should -HaveCount 2
            Get-SystemctlCall | Should -Be 'is-active web', 'is-active web'
        }

        It 'waits for a service that is <State>; reloaded then: <Done>' -ForEach @(
            @{ State = 'activating'; Last = 'active'; Done = $true }
            @{ State = 'deactivating'; Last = 'active'; Done = $true }
            @{ State = 'deactivating'; Last = 'inactive'; Done = $false }
            @{ State = 'activating'; Last = 'failed'; Done = $false }
        ) {
            Set-Content (Join-Path $tools unit-web) $State, $State, $Last
            $result = Invoke-StepRenewal $path @atCa -ReloadService web
            $result.ErrorId | Should -BeNullOrEmpty
            $result.ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be (@('is-active web') * 3 + @('try-reload-or-restart web') * $Done)
        }

        It 'reloads a service that is being reloaded; systemd queues it' {
            Set-Content (Join-Path $tools unit-web) reloading
            (Invoke-StepRenewal $path @atCa -ReloadService web).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be 'is-active web', 'try-reload-or-restart web'
        }

        It 'keeps the reload pending if the service does not finish starting, and reloads it in the next run' {
            Set-Content (Join-Path $tools unit-web) activating
            $result = Invoke-StepRenewal $path @atCa -ReloadService web -ActionTimeout 2s -ErrorAction SilentlyContinue
            $result.Status | Should -BeExactly Renewed
            $result.ErrorId | Should -BeExactly ActionFailed
            $result.ActionsPending | Should -BeTrue
            $result.Message | Should -BeLike '*still activating after 1.5 s*'
            Set-Content (Join-Path $tools unit-web) active
            (Invoke-StepRenewal $path @atCa -ReloadService web).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Contain 'try-reload-or-restart web'
        }

        It 'fails if systemctl itself fails' {
            Set-Content (Join-Path $tools bus-is-down) yes
            $result = Invoke-StepRenewal $path @atCa -RestartService web -ErrorAction SilentlyContinue
            $result.ErrorId | Should -BeExactly ActionFailed
            $result.Message | Should -BeLike '*Failed to connect to bus*'
        }

        It 'keeps only the failed action pending' {
            Set-Content (Join-Path $tools unit-web) active
            Set-Content (Join-Path $tools unit-mail) active
            Set-Content (Join-Path $tools fail-mail) yes
            (Invoke-StepRenewal $path @atCa -RestartService web, mail -ErrorAction SilentlyContinue).ActionsPending | Should -BeTrue
            Remove-Item (Join-Path $tools calls), (Join-Path $tools fail-mail)
            (Invoke-StepRenewal $path @atCa -RestartService web, mail).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be 'is-active mail', 'try-restart mail'
        }

        It 'starts a service that failed at its restart, in the next run (<Parameter>)' -ForEach @(
            @{ Parameter = 'RestartService'; Verb = 'try-restart' }
            @{ Parameter = 'ReloadService'; Verb = 'try-reload-or-restart' }
        ) {
            $service = @{ $Parameter = 'web' }
            Set-Content (Join-Path $tools unit-web) active
            Set-Content (Join-Path $tools fail-web) yes
            (Invoke-StepRenewal $path @atCa @service -ErrorAction SilentlyContinue).ActionsPending | Should -BeTrue
            Set-Content (Join-Path $tools unit-web) failed
            Remove-Item (Join-Path $tools fail-web)
            (Invoke-StepRenewal $path @atCa @service).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be 'is-active web', "$Verb web", 'is-active web', 'restart web'
        }

        It 'does not start a service that was stopped after its restart failed' {
            Set-Content (Join-Path $tools unit-web) active
            Set-Content (Join-Path $tools fail-web) yes
            (Invoke-StepRenewal $path @atCa -RestartService web -ErrorAction SilentlyContinue).ActionsPending | Should -BeTrue
            Set-Content (Join-Path $tools unit-web) inactive
            (Invoke-StepRenewal $path @atCa -RestartService web).ActionsPending | Should -BeFalse
            Get-SystemctlCall | Should -Be 'is-active web', 'try-restart web', 'is-active web'
        }

        It 'restarts one service once for 200 certificates' {
            Set-Content (Join-Path $tools unit-web) active
            1..200 | ForEach-Object {
                [IO.File]::Copy($path, (Join-Path $folder "n$_.crt"))
                [IO.File]::Copy($pair.KeyPath, (Join-Path $folder "n$_.key"))
            }
            $results = Invoke-StepRenewal (Join-Path $folder 'n*.crt') @atCa -RestartService web
            $results | Should -HaveCount 200
            $results | Where-Object { $_.Status -ne 'Renewed' -or $_.ActionsPending } | Should -BeNullOrEmpty
            Get-SystemctlCall | Should -Be 'is-active web', 'try-restart web'
            Get-PendingFile | Should -BeNullOrEmpty
        }
    }

    Context 'Output of programs and scripts' {
        It 'appears in result, error and log without escape sequences: <Name>' -ForEach @(
            @{ Name = 'a script that throws'; Script = "throw 'nginx: the test failed'" }
            @{ Name = 'a script with colours of its own'; Script = '"`e[31mnginx: the test failed`e[0m`e]0;title`a"; exit 1' }
        ) {
            $reload = Join-Path $folder reload.ps1
            $log = Join-Path $folder run.log
            Set-Content $reload $Script
            $result = Invoke-StepRenewal $path @atCa -ScriptPath $reload -LogPath $log -ErrorAction SilentlyContinue -ErrorVariable problems
            $result.Message | Should -BeLike '*exit code 1: nginx: the test failed'
            $problems[0].Exception.Message | Should -BeLike '*exit code 1: nginx: the test failed'
            $texts = @(Get-Content $log | ConvertFrom-Json).message -join "`n"
            $texts | Should -BeLike '*nginx: the test failed*'
            "$texts$($result.Message)" -replace '[\t\n]' | Should -Not -Match '\p{Cc}|\[\d+m|title'
        }

        It 'reports a hook with Windows line ends before it asks the CA' {
            Skip-OnWindows
            $hook = Join-Path $folder hook.sh
            Set-Content $hook "#!/bin/sh`r`nexit 0`r`n" -NoNewline
            chmod 755 $hook
            $before = Get-FileState $path, $pair.KeyPath
            { Invoke-StepRenewal $path @atCa -FilePath $hook } | Should -Throw '*Windows line ends (CRLF)*' -ErrorId 'ActionInvalid,*'
            Get-FileState $path, $pair.KeyPath | Should -Be $before
        }
    }

    Context 'Signals' {
        BeforeEach { Skip-OnWindows }

        It 'sends HUP to the process in the first line of -PidFile, before programs run' {
            $daemon = Join-Path $folder daemon.sh
            Set-Content $daemon "#!/bin/sh`ntrap 'echo HUP >> $trace' HUP`nprintf '%s\n/var/lib/data\n5432\n' `$`$ > $folder/pid.new; mv $folder/pid.new $folder/postmaster.pid`nn=0; while [ `$n -lt 600 ]; do sleep 0.05; n=`$((n + 1)); done"
            # Under nohup, HUP is ignored, and a shell cannot trap what was ignored when it began.
            $default = @(if ((env --help) -match '--default-signal') { '--default-signal=HUP' })
            $process = Start-Process env ($default + 'sh' + $daemon) -PassThru
            try {
                foreach ($try in 1..200) { if (Test-Path $folder/postmaster.pid) { break } else { Start-Sleep -Milliseconds 20 } }
                # The program waits for what the signal did.
                $program = "n=0; until grep -q HUP $trace 2>/dev/null || [ `$n -gt 200 ]; do sleep 0.05; n=`$((n + 1)); done; echo program >> $trace"
                $result = Invoke-StepRenewal $path @atCa -PidFile $folder/postmaster.pid -FilePath sh -ArgumentList '-c', $program
                $result.Status | Should -Be Renewed
                $result.ActionsPending | Should -BeFalse
                Get-Content $trace | Should -Be HUP, program
            }
            finally {
                $process.Kill()
            }
        }
    }

    Context 'Actions that cannot run are refused before the CA is asked' {
        It '<Name>' -ForEach @(
            @{ Name = 'a program that is not there'; Arguments = @{ FilePath = 'no-such-program' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a whole command line as the program'; Arguments = @{ FilePath = "$shell -c true" }; ErrorId = 'ActionInvalid'; Remedy = "*-FilePath $shell -ArgumentList*" }
            @{ Name = 'a whole command line with a path'; Arguments = @{ FilePath = "$shell ./reload.sh" }; ErrorId = 'ActionInvalid'; Remedy = "*-FilePath $shell -ArgumentList*" }
            @{ Name = 'a file that cannot be executed'; Arguments = @{ FilePath = $noProgram }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a script that is not there'; Arguments = @{ ScriptPath = Join-Path $noFolder script.ps1 }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a script that is none'; Arguments = @{ ScriptPath = $noProgram }; ErrorId = 'ActionInvalid' }
            @{ Name = 'an unknown signal'; Arguments = @{ Signal = 'RELOAD'; PidFile = Join-Path $noFolder x.pid }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a signal to nobody'; Arguments = @{ Signal = 'HUP' }; ErrorId = 'ConflictingParameters' }
            @{ Name = 'a folder of process ids'; Arguments = @{ Signal = 'HUP'; PidFile = $aFolder }; ErrorId = 'ActionInvalid' }
            @{ Name = 'arguments without a program'; Arguments = @{ ArgumentList = 'x' }; ErrorId = 'ConflictingParameters' }
            @{ Name = 'an option as a service'; Arguments = @{ RestartService = '--all' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a monitor without a web address'; Arguments = @{ HealthCheckUri = 'file:///s3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a monitor at no port'; Arguments = @{ HealthCheckUri = 'https://127.0.0.1:99999/s3cret' }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a NUL in an argument'; Arguments = @{ FilePath = $shell; ArgumentList = '-c', "exit 1`0" }; ErrorId = 'ActionInvalid' }
            @{ Name = 'a timeout that no timer takes'; Arguments = @{ ActionTimeout = '60d'; HealthCheckUri = 'http://127.0.0.1:9/'; WarningAction = 'SilentlyContinue' }; ErrorId = 'InvalidDuration' }
            @{ Name = 'a patience that no timer takes'; Arguments = @{ LockTimeout = '60d' }; ErrorId = 'InvalidDuration' }
            @{ Name = 'retries for ever'; Arguments = @{ RetryTimeout = '10000000d' }; ErrorId = 'InvalidDuration' }
            @{ Name = 'a timeout without a unit'; Arguments = @{ ActionTimeout = '5' }; ErrorId = 'InvalidDuration' }
        ) {
            $before = Get-FileState $path, $pair.KeyPath
            $all = $atCa + @{}
            foreach ($one in $Arguments.Keys) { $all[$one] = $Arguments[$one] }
            $problem = { Invoke-StepRenewal $path @all } | Should -Throw -ErrorId "$ErrorId,*" -PassThru
            "$problem $($problem.ErrorDetails.RecommendedAction)" | Should -Not -BeLike '*s3cret*'
            if ($Remedy) { $problem.ErrorDetails.RecommendedAction | Should -BeLike $Remedy }
            Get-FileState $path, $pair.KeyPath | Should -Be $before
        }
    }

    Context 'Monitor and log' {
        BeforeEach {
            $opened = Open-TestMonitor
            $seen = $opened.Seen
            $monitor = "$($opened.Address)/s3cret-pa7h"
        }

        AfterEach {
            Close-TestMonitor $opened
        }

        It 'reports every successful run to a monitor, and failures with their ids' {
            Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor | Out-Null
            Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor | Out-Null
            Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor -Force -WhatIf | Out-Null
            Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor -Force @failing -ErrorAction SilentlyContinue | Out-Null
            Remove-Item $pair.KeyPath
            { Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor -ErrorAction Stop } | Should -Throw -ErrorId 'KeyNotFound,*'
            $seen.ToArray() | Should -Be 'GET /s3cret-pa7h', 'GET /s3cret-pa7h', 'POST /s3cret-pa7h/fail ActionFailed', 'POST /s3cret-pa7h/fail KeyNotFound'
        }

        It 'reports nothing to a monitor with -WhatIf' {
            Invoke-StepRenewal $path @atCa @failing -ErrorAction SilentlyContinue | Out-Null
            (Invoke-StepRenewal $path @atCa @failing -HealthCheckUri $monitor -WhatIf).ActionsPending | Should -BeTrue
            Invoke-StepRenewal (Join-Path $folder missing.crt) @atCa -HealthCheckUri $monitor -WhatIf -ErrorAction SilentlyContinue | Out-Null
            & {
                $WhatIfPreference = $true
                Invoke-StepRenewal (Join-Path $folder missing.crt) @atCa -HealthCheckUri $monitor -ErrorAction SilentlyContinue | Out-Null
            }
            $seen.ToArray() | Should -BeNullOrEmpty
        }

        It 'reports the error that ends the call to a monitor: <ErrorId>' -ForEach @(
            @{ ErrorId = 'ActionInvalid'; Arguments = @{ FilePath = 'no-such-program' } }
            @{ ErrorId = 'FileNotFound'; Arguments = @{ KeyPasswordFile = Join-Path $noFolder file } }
            @{ ErrorId = 'InvalidDuration'; Arguments = @{ ActionTimeout = '5' } }
            @{ ErrorId = 'NotAFileSystemPath'; Arguments = @{ LogPath = 'env:x' } }
            @{ ErrorId = 'KeyPathForSeveral'; Arguments = @{ KeyPath = 'x.key' } }
        ) {
            { Invoke-StepRenewal $path, $path @atCa @Arguments -HealthCheckUri $monitor } | Should -Throw -ErrorId "$ErrorId,*"
            $seen.ToArray() | Should -Be "POST /s3cret-pa7h/fail $ErrorId"
        }

        It 'reports to a monitor before the first result is written' {
            Invoke-StepRenewal $path @atCa -HealthCheckUri $monitor | Select-Object -First 1 | ForEach-Object Status | Should -BeExactly Renewed
            $seen.ToArray() | Should -Be 'GET /s3cret-pa7h'
        }

        It 'logs every event as JSON, without secrets' {
            $log = Join-Path $folder 'renew.log'
            # The first one writes the key, the second one fails.
            $tellAll, $tellNothing = if ($IsWindows) {
                @{ FilePath = 'cmd.exe'; ArgumentList = '/d', '/c', 'echo', 'fine&type', "$($pair.KeyPath)&rem", 's3cret-argument' }
                @{ FilePath = 'cmd.exe'; ArgumentList = '/d', '/c', 'exit', '1', '&rem', 's3cret-argument' }
            }
            else {
                @{ FilePath = 'sh'; ArgumentList = '-c', 'echo fine; cat "$0"', $pair.KeyPath, 's3cret-argument' }
                @{ FilePath = 'sh'; ArgumentList = '-c', 'exit 1', 's3cret-argument' }
            }
            $password = 's3cret-pa55word'
            Protect-TestKey $pair.KeyPath $password
            $secret = [Net.NetworkCredential]::new('', $password).SecurePassword
            $all = @(
                Invoke-StepRenewal $path @atCa -KeyPassword $secret -UseToken -LogPath $log -HealthCheckUri $monitor @tellAll -Verbose *>&1
                $opened.Listener.Stop()
                Invoke-StepRenewal $path @atCa -KeyPassword $secret -Force -Rekey -LogPath $log -HealthCheckUri $monitor @tellNothing -Verbose -ErrorAction Continue *>&1
            ) | Out-String
            $events = Get-Content $log | ConvertFrom-Json
            $events.event | Should -Contain Renewed
            ($events | Where-Object id -EQ 163)[0].fields.output | Should -BeLike '*fine*'
            ($events | Where-Object id -EQ 163)[1].fields.exitCode | Should -Be 1
            $events.pid | Sort-Object -Unique | Should -Be $PID
            $events | ForEach-Object { $_.time.Kind | Should -Be Utc }
            $text = (Get-Content $log -Raw) + $all
            $text | Should -BeLike '*http://127.0.0.1:*/`*`*`**'
            $key = (Get-Content $pair.KeyPath)[1]
            foreach ($hidden in $password, 's3cret', 'eyJ', 'PRIVATE KEY', $key) {
                $text.Contains($hidden) | Should -BeFalse -Because "'$hidden' must not be told"
            }
            if (-not $IsWindows) { [int] [IO.File]::GetUnixFileMode($log) | Should -Be 0x180 }
        }

        It 'warns of a log that cannot be written, and renews' {
            $result = Invoke-StepRenewal $path @atCa -LogPath (Join-Path $folder 'missing/renew.log') -WarningVariable warnings -WarningAction SilentlyContinue
            $result.Status | Should -BeExactly Renewed
            $warnings | Should -HaveCount 1
        }
    }

    Context 'nginx' {
        BeforeEach {
            $nginx = $null
            Skip-OnWindows
            $nginx = @('/usr/sbin/nginx', '/usr/bin/nginx') | Where-Object { Test-Path $_ } | Select-Object -First 1
            if (-not $nginx) { return Skip-Test -Because 'nginx is not installed (apt-get install nginx)' }
            $port = Get-FreePort
            $root = [IO.Directory]::CreateTempSubdirectory('nginx-').FullName
            [IO.File]::SetUnixFileMode($root, 'UserRead, UserWrite, UserExecute, GroupRead, GroupExecute, OtherRead, OtherExecute')
            $pidFile = Join-Path $root nginx.pid
            Set-Content "$root/nginx.conf" @"
pid $pidFile;
error_log $root/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $root/t1; proxy_temp_path $root/t2; fastcgi_temp_path $root/t3; uwsgi_temp_path $root/t4; scgi_temp_path $root/t5;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $path;
        ssl_certificate_key $($pair.KeyPath);
        location / { return 204; }
    }
}
"@
            $arguments = '-p', $root, '-c', "$root/nginx.conf"
            $reload = @{ FilePath = $nginx; ArgumentList = $arguments + @('-s', 'reload') }

            function Get-ServedSerial {
                $client = [Net.Sockets.TcpClient]::new('127.0.0.1', $port)
                try {
                    $tls = [Net.Security.SslStream]::new($client.GetStream(), $false, { $true })
                    $tls.AuthenticateAsClient('web.local')
                    ([Security.Cryptography.X509Certificates.X509Certificate2] $tls.RemoteCertificate).SerialNumber
                }
                finally {
                    $client.Dispose()
                }
            }

            function Open-Nginx {
                & $nginx @arguments 2>&1 | Out-Null
                Wait-Until { try { Get-ServedSerial } catch { $false } } | Should -BeTrue -Because (Get-Content "$root/error.log" -Raw)
            }

            function Close-Nginx {
                & $nginx @arguments -s stop 2>&1 | Out-Null
                Wait-Until { -not (Test-Path $pidFile) } | Should -BeTrue
            }
        }

        AfterEach {
            if (-not $nginx) { return }
            if (Test-Path $pidFile) { Close-Nginx }
            Remove-Item $root -Recurse -Force
        }

        It 'serves the new certificate after a renewal' {
            Open-Nginx
            $old = Get-ServedSerial
            $old | Should -BeExactly (Get-LeafSerial $path)
            $result = Invoke-StepRenewal $path @atCa @reload
            $result.Status | Should -BeExactly Renewed
            $result.ActionsPending | Should -BeFalse
            $result.SerialNumber | Should -Not -Be $old
            Wait-Until { (Get-ServedSerial) -eq $result.SerialNumber } | Should -BeTrue
        }

        It 'serves a new key after a signal' {
            Open-Nginx
            $result = Invoke-StepRenewal $path @atCa -Rekey -Signal HUP -PidFile $pidFile
            $result.ActionsPending | Should -BeFalse
            Wait-Until { (Get-ServedSerial) -eq $result.SerialNumber } | Should -BeTrue
        }

        It 'is reloaded by the same call once it runs again' {
            $first = Invoke-StepRenewal $path @atCa @reload -ErrorVariable problem -ErrorAction SilentlyContinue
            $first.Status | Should -BeExactly Renewed
            $first.ErrorId | Should -BeExactly ActionFailed
            $first.ActionsPending | Should -BeTrue
            $problem | Should -HaveCount 1
            Open-Nginx
            $again = Invoke-StepRenewal $path @atCa @reload
            $again.Status | Should -BeExactly NotDue
            $again.ActionsPending | Should -BeFalse
            Get-PendingFile | Should -BeNullOrEmpty
            Wait-Until { (Get-ServedSerial) -eq $first.SerialNumber } | Should -BeTrue
        }
    }
}

Describe 'Actions that are not available on a system' {
    It 'suggests -RestartService if Windows is asked to reload' {
        if (-not $IsWindows) { return Set-ItResult -Skipped -Because 'this is not Windows' }
        $problem = { Invoke-StepRenewal $TestDrive/x.crt -ReloadService web } | Should -Throw "Windows services cannot be reloaded." -ErrorId 'ActionInvalid,*' -PassThru
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*-RestartService*'
    }
}
