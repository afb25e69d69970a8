# What Tab offers. Asked for as a prompt asks: TabExpansion2 over a line.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $path = $env:PATH

    function Get-Completion {
        param([string] $Line)
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
    }
}

AfterAll {
    $env:PATH = $path
    Restore-Environment $environment
}

Describe 'Completion of paths' {
    BeforeAll {
        # PowerShell completes with the system's own separator.
        $here = ".$([IO.Path]::DirectorySeparatorChar)"
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        foreach ($name in 'web.crt', 'web.key', 'x [1].crt', '.web.crt.stepcarenew-lock', '.web.crt.stepcarenew-new', '.web.key.stepcarenew-new', '.web.crt.stepcarenew-pending', '.web.crt.bak') {
            Set-Content -LiteralPath "$folder/$name" x
        }
    }

    BeforeEach { Push-Location $folder }

    AfterEach { Pop-Location }

    It 'never offers lock and staged files: <_>' -ForEach @(
        'Invoke-StepRenewal {0}', 'Invoke-StepRenewal -LiteralPath {0}', 'Invoke-StepRenewal web.crt {0}', 'Invoke-StepRenewal web.crt -KeyPath {0}'
        'Get-StepCertificate {0}', 'Get-StepCertificate -LiteralPath {0}', 'Test-StepCertificatePair web.crt -KeyPath {0}', 'Test-StepCertificatePair {0}'
        'Register-StepRenewalTask web {0}', 'Register-StepRenewalTask web web.crt {0}'
    ) {
        foreach ($start in './', './.', './.web', './.web.crt.s', './.web.crt.stepcarenew-') {
            $offered = @(Get-Completion ($_ -f $start))
            $offered | Where-Object { $_ -match 'stepcarenew-(lock|new|pending)' } | Should -BeNullOrEmpty -Because $start
        }
        Get-Completion ($_ -f './w') | Should -Be "${here}web.crt", "${here}web.key"
        Get-Completion ($_ -f './.web') | Should -Be "${here}.web.crt.bak"
    }

    It 'offers names in the form that the parameter accepts' {
        Get-Completion 'Get-StepCertificate ./x' | Should -BeExactly "'${here}x ``[1``].crt'"
        foreach ($line in 'Get-StepCertificate -LiteralPath ./x', 'Register-StepRenewalTask web ./x', 'Get-StepCertificate web.crt ./x') {
            Get-Completion $line | Should -BeExactly "'${here}x [1].crt'" -Because $line
        }
    }
}

Describe 'Completion of services' {
    BeforeEach {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the systemctl of the test is a script for sh' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:PATH = "${folder}:$path"
        function Set-Systemctl {
            [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
            param([string] $Script)
            [IO.File]::WriteAllText("$folder/systemctl", "#!/bin/sh`n$Script`n")
            [IO.File]::SetUnixFileMode("$folder/systemctl", 'UserRead, UserWrite, UserExecute')
        }
    }

    It 'offers those of systemd for <_>' -ForEach 'Invoke-StepRenewal web.crt -ReloadService', 'Invoke-StepRenewal web.crt -RestartService', 'Register-StepRenewalTask web web.crt -ReloadService' {
        Set-Systemctl "[ `"`$1`" = list-units ] || exit 1; printf '%s loaded active running x\n' nginx.service nfs-server.service 'getty@tty1.service' dbus.socket"
        Get-Completion "$_ n" | Should -Be 'nfs-server', 'nginx'
        Get-Completion "$_ getty" | Should -Be "'getty@tty1'"
    }

    It 'does not hang if systemctl hangs' {
        Set-Systemctl "echo `$`$ > '$folder/pid'; exec sleep 60"
        $watch = [Diagnostics.Stopwatch]::StartNew()
        Get-Completion 'Invoke-StepRenewal web.crt -ReloadService zzz' | Should -BeNullOrEmpty
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 15
        $id = Get-Content "$folder/pid"
        Wait-Until { -not (Get-Process -Id $id -ErrorAction Ignore) } | Should -BeTrue
    }
}

Describe 'Completion of other values' {
    It 'offers signals' {
        Get-Completion 'Invoke-StepRenewal web.crt -Signal ' | Should -Contain 'HUP'
        Get-Completion 'Register-StepRenewalTask web web.crt -Signal us' | Should -Be 'USR1', 'USR2'
    }

    It 'offers intervals' {
        Get-Completion 'Register-StepRenewalTask web web.crt -Interval 1' | Should -Be '1m', '10m', '15m', '1h', '12h'
    }

    It 'offers accounts' {
        $start, $account = if ($IsWindows) { 'nt', "'NT AUTHORITY\SYSTEM'" } else { 'roo', 'root' }
        Get-Completion "Register-StepRenewalTask web web.crt -UserId $start" | Should -Contain $account
    }

    It 'offers the contexts of step, from -StepPath and STEPPATH' {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        foreach ($one in 'one', 'two') {
            [IO.Directory]::CreateDirectory("$folder/$one") > $null
            Set-Content "$folder/$one/contexts.json" "{ `"prod-$one`": {}, `"dev $one`": {} }"
        }
        Push-Location $folder
        try {
            Get-Completion "Invoke-StepRenewal web.crt -StepPath '$folder/one' -Context " | Should -Be "'dev one'", 'prod-one'
            Get-Completion 'Register-StepRenewalTask web web.crt -StepPath two -Context p' | Should -Be 'prod-two'
            $env:STEPPATH = "$folder/two"
            Get-Completion 'Invoke-StepRenewal web.crt -Context p' | Should -Be 'prod-two'
        }
        finally {
            $env:STEPPATH = $null
            Pop-Location
        }
    }
}
