# Many certificates in one call: several at once, one failure does not stop the others, and every pair is whole however the call ends.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $ca = Open-TestCa StepCa
    if ($ca.Reason) { $ca = Open-TestCa DevCa }
    $renew = @{ StepPath = $ca.Folder; RetryTimeout = '0s'; Force = $true }
    # Several at once: under Wine that goes by token alone.
    if (Test-Wine) {
        $global:PSDefaultParameterValues.Remove('Invoke-StepRenewal:ThrottleLimit')
        $renew.UseToken = $true
    }

    # One certificate of a batch takes long: another process has its lock. It is freed when that process is ended.
    function Lock-Pair {
        param([psobject] $Pair)
        if ($IsMacOS) { return Set-ItResult -Skipped -Because 'flock, which holds a lock here, is a program of Linux' }
        $lock = Join-Path (Split-Path $Pair.CertificatePath) ".$(Split-Path -Leaf $Pair.CertificatePath).stepcarenew-lock"
        # Windows keeps handles apart, and not processes.
        if ($IsWindows) { return [IO.FileStream]::new($lock, 'OpenOrCreate', 'ReadWrite', 'None') }
        $start = [Diagnostics.ProcessStartInfo]::new('flock')
        foreach ($argument in '--exclusive', '--no-fork', $lock, 'sleep', '60') { $start.ArgumentList.Add($argument) }
        $process = [Diagnostics.Process]::Start($start)
        Wait-Until { & flock --nonblock --shared $lock true; $LASTEXITCODE -ne 0 } | Should -BeTrue
        $process
    }

    function Unlock-Pair {
        param($Process)
        if ($Process -is [IO.Stream]) { return $Process.Dispose() }
        if (-not $Process.HasExited) { $Process.Kill() }
        $Process.WaitForExit()
        $Process.Dispose()
    }

    # Whatever has become of them, certificate and key belong together, and nothing lies about.
    function Assert-AllWhole {
        foreach ($pair in $pairs) { Test-OpenSslPair $pair | Should -BeTrue -Because $pair.CertificatePath }
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    function Get-Renewed {
        for ($index = 0; $index -lt $pairs.Count; $index++) {
            if ((Get-LeafSerial $pairs[$index].CertificatePath) -ne $serials[$index]) { Get-CertificateName $pairs[$index] }
        }
    }

    function Get-CertificateName {
        param([psobject] $Pair)
        [IO.Path]::GetFileNameWithoutExtension($Pair.CertificatePath)
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'A batch of renewals' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pairs = foreach ($number in 1..24) { Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name ('host{0:00}' -f $number) }
        $serials = $pairs.CertificatePath | ForEach-Object { Get-LeafSerial $_ }
        $names = $pairs | ForEach-Object { Get-CertificateName $_ }
    }

    It 'goes by mutual TLS for the first eight, and by token for the others' {
        if (Test-Wine) { return Set-ItResult -Skipped -Because 'under Wine a batch goes by token alone' }
        $results = Invoke-StepRenewal "$folder/*.crt" @renew
        $results | Group-Object Transport | Sort-Object Count | ForEach-Object { "$($_.Count) $($_.Name)" } | Should -Be '8 Tls', '16 Token'
        $pairs = foreach ($number in 1..12) { Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name ('tls{0:00}' -f $number) }
        (Invoke-StepRenewal "$folder/tls*.crt" @renew -Transport Tls | Group-Object Transport).Name | Should -Be 'Tls'
        Assert-AllWhole
    }

    It 'renews every certificate of a folder once' {
        $results = Invoke-StepRenewal $folder @renew
        $results | Should -HaveCount 24
        $results.Status | Sort-Object -Unique | Should -BeExactly 'Renewed'
        $results.Name | Sort-Object | Should -Be $names
        ($results | Sort-Object Name).OldSerialNumber | Should -Be $serials
        Get-Renewed | Should -Be $names
        Assert-AllWhole
    }

    It 'renews every certificate of the pipeline' {
        $results = Get-ChildItem $folder -Filter *.crt | Invoke-StepRenewal @renew -ThrottleLimit 7
        $results.Name | Sort-Object | Should -Be $names
        $results.Status | Sort-Object -Unique | Should -BeExactly 'Renewed'
        Assert-AllWhole
    }

    It 'writes each result as soon as it is known' {
        $holder = Lock-Pair $pairs[0]
        try {
            $order = [Collections.Generic.List[string]]::new()
            Invoke-StepRenewal $folder @renew -ThrottleLimit 2 | ForEach-Object {
                $order.Add($_.Name)
                # All others are done: now the first one can continue.
                if ($order.Count -eq 23) { if ($IsWindows) { $holder.Dispose() } else { $holder.Kill() } }
            }
            $order | Should -HaveCount 24
            $order[-1] | Should -BeExactly 'host01'
            $order[0..22] | Should -Be $names[1..23] -Because 'there was room for one next to the one that waited'
        }
        finally {
            Unlock-Pair $holder
        }
        Assert-AllWhole
    }

    It 'renews at most -ThrottleLimit at once' {
        $holders = @(Lock-Pair $pairs[0]; Lock-Pair $pairs[1])
        try {
            # Both places are taken by those that wait for their locks, until these give up.
            $results = Invoke-StepRenewal $folder @renew -ThrottleLimit 2 -LockTimeout 1s -ErrorAction SilentlyContinue
            $results[0..1].Name | Sort-Object | Should -Be 'host01', 'host02'
            $results[0..1].ErrorId | Sort-Object -Unique | Should -BeExactly 'Locked'
            $results[2..23].Status | Sort-Object -Unique | Should -BeExactly 'Renewed'
        }
        finally {
            $holders | ForEach-Object { Unlock-Pair $_ }
        }
        Assert-AllWhole
    }

    It 'accepts a -ThrottleLimit from 1 to 16 only' {
        foreach ($limit in 0, 17, -1) {
            { Invoke-StepRenewal $folder -ThrottleLimit $limit } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
            { Get-StepCertificate $folder -ThrottleLimit $limit } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        }
        (Invoke-StepRenewal $folder -StepPath $ca.Folder -ThrottleLimit 16).Status | Sort-Object -Unique | Should -BeExactly 'NotDue'
    }

    It 'renews the others if one fails' {
        Copy-Item $pairs[3].KeyPath $pairs[9].KeyPath -Force
        Set-Content $pairs[15].CertificatePath 'no certificate'
        foreach ($file in Get-ChildItem $folder) { $file.LastWriteTime = [datetime]::Now.AddHours(-1) }
        $results = Invoke-StepRenewal $folder @renew -ErrorVariable problem -ErrorAction SilentlyContinue
        ($results | Where-Object Status -EQ Renewed).Name | Sort-Object | Should -Be ($names -notmatch 'host(10|16)')
        ($results | Where-Object Status -EQ Failed).Name | Should -Be 'host10'
        $problem.FullyQualifiedErrorId | Sort-Object | Should -Be 'CertificateInvalid,StepCaRenew.Cmdlets.InvokeStepRenewalCommand', 'KeyMismatch,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
        $problem.TargetObject | Sort-Object | Should -Be $pairs[9].CertificatePath, $pairs[15].CertificatePath
    }

    It 'writes the results before the error that ends it, and starts nothing after it' {
        Copy-Item $pairs[3].KeyPath $pairs[4].KeyPath -Force
        foreach ($path in $pairs[4].KeyPath, $pairs[4].CertificatePath) { (Get-Item $path).LastWriteTime = [datetime]::Now.AddHours(-1) }
        $seen = [Collections.Generic.List[psobject]]::new()
        { Invoke-StepRenewal $folder @renew -ThrottleLimit 3 -ErrorAction Stop | ForEach-Object { $seen.Add($_) } } | Should -Throw -ErrorId 'KeyMismatch,*'
        $renewed = @(Get-Renewed)
        ($seen | Where-Object Status -EQ Renewed).Name | Sort-Object | Should -Be $renewed
        ($seen | Where-Object Status -EQ Failed).Name | Should -Be 'host05'
        $renewed.Count | Should -BeLessOrEqual 7 -Because 'four came before, and two ran at the same time'
        $pairs = $pairs | Where-Object CertificatePath -NE $pairs[4].CertificatePath
        Assert-AllWhole
    }

    It 'leaves whole pairs after Select-Object -First 1, and starts nothing after it' {
        $Error.Clear()
        (Invoke-StepRenewal $folder @renew -ThrottleLimit 3 | Select-Object -First 1).Status | Should -Be 'Renewed'
        $Error | Should -BeNullOrEmpty
        $renewed = @(Get-Renewed)
        $renewed.Count | Should -BeLessOrEqual 6
        Start-Sleep -Milliseconds 300
        Get-Renewed | Should -Be $renewed -Because 'nothing continues after the call has ended'
        Assert-AllWhole
        (Invoke-StepRenewal $folder @renew).Status | Sort-Object -Unique | Should -BeExactly 'Renewed'
    }

    It 'leaves whole pairs if the command before it throws, and starts nothing after it' {
        {
            & {
                foreach ($pair in $pairs[0..5]) { $pair.CertificatePath }
                throw 'out of paths'
            } | Invoke-StepRenewal @renew -ThrottleLimit 4
        } | Should -Throw 'out of paths'
        $renewed = @(Get-Renewed)
        Start-Sleep -Milliseconds 300
        Get-Renewed | Should -Be $renewed
        Assert-AllWhole
    }

    It 'cancels waiting renewals if the command before it throws' {
        $holder = Lock-Pair $pairs[0]
        try {
            # The third one makes the call wait for the second, and meanwhile the first one comes as far as its lock.
            { & { $pairs[0..2].CertificatePath; throw 'out of paths' } | Invoke-StepRenewal @renew -ThrottleLimit 2 } | Should -Throw 'out of paths'
        }
        finally {
            Unlock-Pair $holder
        }
        # A worker that had been left behind would take the lock now.
        Start-Sleep -Milliseconds 500
        Get-Renewed | Should -Contain 'host02'
        Get-Renewed | Should -Not -Contain 'host01'
        Assert-AllWhole
    }

    It 'ends soon after Ctrl+C, with every pair whole' {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule((Join-Path (Get-TestPackage) 'StepCaRenew.psd1'))
        $runspace = [runspacefactory]::CreateRunspace($state)
        $runspace.Open()
        $holder = Lock-Pair $pairs[23]
        try {
            foreach ($round in 1..2) {
                $shell = [powershell]::Create($runspace)
                $shell.AddCommand('Invoke-StepRenewal').AddParameters($renew + @{ LiteralPath = $folder; ThrottleLimit = 8 }) > $null
                $results = [Management.Automation.PSDataCollection[psobject]]::new()
                $nothing = [Management.Automation.PSDataCollection[psobject]]::new()
                $nothing.Complete()
                $running = $shell.BeginInvoke($nothing, $results)
                Wait-Until { $results.Count -ge 4 * $round -or $running.IsCompleted } | Should -BeTrue
                $running.IsCompleted | Should -BeFalse -Because 'one of them waits for its lock'
                $watch = [Diagnostics.Stopwatch]::StartNew()
                $shell.Stop()
                $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
                $shell.InvocationStateInfo.State | Should -Be 'Stopped'
                $shell.Dispose()
                Assert-AllWhole
            }
        }
        finally {
            Unlock-Pair $holder
            $runspace.Dispose()
        }
    }

    It 'runs equal actions once, after the last renewal' {
        $log = Join-Path $folder 'actions.txt'
        $action = if ($IsWindows) { @{ FilePath = 'cmd.exe'; ArgumentList = '/d', '/c', 'echo', "done>>$log" } } else { @{ FilePath = '/bin/sh'; ArgumentList = '-c', "echo done >> '$log'" } }
        $results = Invoke-StepRenewal $folder @renew -ThrottleLimit 8 @action
        $results | Should -HaveCount 24
        $results.ActionsPending | Should -Not -Contain $true
        Get-Content $log | Should -HaveCount 1
        Assert-AllWhole
    }

    It 'asks for confirmation of each, one at a time' {
        $results = Invoke-StepRenewal $pairs[0..2].CertificatePath @renew -WhatIf
        $results.Status | Should -Be 'WouldRenew', 'WouldRenew', 'WouldRenew'
        Get-Renewed | Should -BeNullOrEmpty
    }

    It 'shows progress, speed and remaining time' {
        $holders = @(Lock-Pair $pairs[0]; Lock-Pair $pairs[1])
        $shell = [powershell]::Create()
        try {
            # Slow enough that somebody looks at it: the first two give up after half a second each.
            $shell.AddScript('param($Manifest, $Arguments) Import-Module $Manifest; Invoke-StepRenewal @Arguments').AddParameters(@{
                Manifest  = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
                Arguments = $renew + @{ LiteralPath = $folder; ThrottleLimit = 1; LockTimeout = '500ms'; ErrorAction = 'SilentlyContinue' }
            }) > $null
            $shell.Invoke() | Should -HaveCount 24
            $shown = @($shell.Streams.Progress | Where-Object Activity -EQ 'Renewing certificates')
            $shown.Count | Should -BeGreaterThan 1
            # Progress is shown before the first one is done, since the user waits from the start.
            $shown[0].StatusDescription | Should -BeExactly '0 of 24, 0 per second'
            $shown[0].PercentComplete | Should -Be 0
            $shown[0].SecondsRemaining | Should -Be -1
            $first = $shown | Where-Object PercentComplete -EQ 4 | Select-Object -First 1
            $first.StatusDescription | Should -Match '^1 of 24, \d+ per second$'
            $first.SecondsRemaining | Should -BeGreaterThan 5
            $shown[-1].RecordType | Should -Be 'Completed'
            $shown[-1].StatusDescription | Should -Match '^24 of 24, \d+ per second$'
        }
        finally {
            $shell.Dispose()
            $holders | ForEach-Object { Unlock-Pair $_ }
        }
    }
}

Describe 'The messages of a batch' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pairs = foreach ($name in 'a', 'b', 'c') { Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name $name }
        $said = @{ InformationVariable = 'information'; WarningVariable = 'warnings'; ErrorVariable = 'problem'; WarningAction = 'SilentlyContinue'; ErrorAction = 'SilentlyContinue' }
    }

    It 'begins every error with the name of its certificate' {
        Remove-Item $pairs[0].KeyPath
        Set-Content $pairs[2].CertificatePath 'no certificate'
        Invoke-StepRenewal $folder @renew @said > $null
        $problem | Should -HaveCount 2
        $texts = $problem | ForEach-Object { "$_" } | Sort-Object
        $texts[0] | Should -BeLike "a.crt: There is no key*'$(Join-Path $folder a.crt)'*"
        $texts[1] | Should -BeLike 'c.crt: *'
        # Scripts find the message itself as ever.
        ($problem | Where-Object FullyQualifiedErrorId -Like 'KeyNotFound,*').Exception.Message | Should -BeLike 'There is no key*'
        Get-StepCertificate $folder -ErrorVariable looks -ErrorAction SilentlyContinue > $null
        "$($looks[0])" | Should -BeLike 'c.crt: *'
    }

    It 'adds folders to the name if file names are the same' {
        $places = 'x', 'y' | ForEach-Object { Join-Path $_ live }
        $places += Join-Path y other
        $twins = foreach ($place in $places) {
            $there = [IO.Directory]::CreateDirectory((Join-Path $folder $place)).FullName
            Copy-Item $pairs[0].CertificatePath (Join-Path $there tls.crt)
            Join-Path $there tls.crt
        }
        Invoke-StepRenewal ($twins + $pairs[1].CertificatePath + "$folder/none.crt") @renew @said > $null
        ($problem | ForEach-Object { "$_" -replace ': .*' } | Sort-Object) -join ' ' | Should -BeExactly "none.crt $($places.ForEach{ Join-Path $_ tls.crt } -join ' ')"
    }

    It 'begins warnings with the name too, also for the pipeline' {
        $down = @{ CaUrl = "https://127.0.0.1:$(Get-FreePort)"; Root = $ca.RootPath; Force = $true; RetryTimeout = '1s' }
        $pairs[0..1].CertificatePath | Invoke-StepRenewal @down @said > $null
        $warnings.Count | Should -BeGreaterThan 1
        $warnings | ForEach-Object { "$_" | Should -Match '^[ab]\.crt: ' }
        ($warnings | ForEach-Object { "$_".Substring(0, 6) } | Sort-Object -Unique) -join ' ' | Should -BeExactly 'a.crt: b.crt:'
        Invoke-StepRenewal $pairs[0].CertificatePath @down -WarningVariable alone -ErrorVariable problem -WarningAction SilentlyContinue -ErrorAction SilentlyContinue > $null
        "$($alone[0])" | Should -Not -BeLike 'a.crt: *'
        "$($problem[0])" | Should -Not -BeLike 'a.crt: *'
    }

    It 'reports a common cause once, with a result for each certificate: <Cause>' -ForEach @(
        @{ Cause = 'CaUrlMissing'; Arguments = { @{ StepPath = "$folder/none" } } }
        @{ Cause = 'RootMissing'; Arguments = { @{ StepPath = "$folder/none"; CaUrl = $ca.Url } } }
        @{ Cause = 'ContextNotFound'; Arguments = { @{ StepPath = $ca.Folder; Context = 'none' } } }
        @{ Cause = 'CaUnreachable'; Arguments = { @{ CaUrl = 'https://127.0.0.1:1'; Root = $ca.RootPath } } }
    ) {
        $splat = & $Arguments
        $results = Invoke-StepRenewal $folder @splat @said -Force -RetryTimeout 0s
        $results.ErrorId | Should -Be $Cause, $Cause, $Cause
        $results.Message | Should -Not -Contain $null
        $problem | Should -HaveCount 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike "$Cause,*"
        if ($Cause -ne 'CaUnreachable') { "$($problem[0])" | Should -BeExactly $results[0].Message }
    }

    It 'ends with one line of information: how many, and with which results' {
        Remove-Item $pairs[2].KeyPath
        $old = Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name old -Age 16:30:00
        $results = Invoke-StepRenewal $folder -StepPath $ca.Folder -RetryTimeout 0s @said
        $results | Should -HaveCount 4
        $information[-1].MessageData | Should -BeExactly '4 certificates: 1 renewed, 2 not due, 1 failed'
        $information[-1].Tags | Should -Be 'StepCaRenew'
        Invoke-StepRenewal $pairs[0..1].CertificatePath @renew @said -WhatIf > $null
        $information[-1].MessageData | Should -BeExactly '2 certificates: 2 would be renewed'
        Invoke-StepRenewal $old.CertificatePath -StepPath $ca.Folder @said > $null
        $information | Should -BeNullOrEmpty
    }
}

Describe 'A batch of checks' {
    BeforeAll {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $authority = Build-TestAuthority
        $names = foreach ($number in 1..60) { 'host{0:00}' -f $number }
        $pairs = foreach ($name in $names) { Build-TestCertificate -Authority $authority -Folder $folder -Name $name }
        Set-Content $folder/root.crt $authority.Root.ExportCertificatePem()
        Set-Content $folder/notes.pem 'no certificate'
    }

    It 'shows the certificates of a folder and skips other files' {
        $found = Get-StepCertificate $folder -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Name | Sort-Object | Should -Be $names
        $found.KeyStatus | Sort-Object -Unique | Should -BeExactly 'Matches'
        $problem.TargetObject | Should -Be (Join-Path $folder 'notes.pem')
    }

    It 'shows them in the order of the paths although it reads several at once' {
        # Its key is encrypted so that one has to work for it; 60 others are done long before.
        [IO.File]::WriteAllText("$TestDrive/pass.txt", 'secret')
        $slow = Build-TestCertificate -Authority $authority -Folder $TestDrive -Name slow
        Protect-TestKey $slow.KeyPath secret -Iterations 3000000
        $paths = @($slow.CertificatePath) + ($pairs.CertificatePath | Sort-Object -Descending)
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $found = Get-StepCertificate $paths -ThrottleLimit 4 -KeyPasswordFile "$TestDrive/pass.txt"
        $watch.Elapsed.TotalMilliseconds | Should -BeGreaterThan 300 -Because 'the first one should take long'
        $found.CertificatePath | Should -Be $paths
        ($paths | Get-StepCertificate -ThrottleLimit 4 -KeyPasswordFile "$TestDrive/pass.txt").CertificatePath | Should -Be $paths
        (Get-StepCertificate $folder -ErrorAction SilentlyContinue).Name | Should -Be $names
    }

    It 'shows them in order with -ThrottleLimit 1' {
        (Get-StepCertificate $folder -ThrottleLimit 1 -ErrorAction SilentlyContinue).Name | Should -Be $names
    }

    It 'ends early after Select-Object -First' {
        Get-StepCertificate $folder | Select-Object -First 3 | Should -HaveCount 3
    }

    It 'ends at the first error with -ErrorAction Stop' {
        { Get-StepCertificate $folder -ErrorAction Stop } | Should -Throw -ErrorId 'CertificateInvalid,*'
    }

    It 'tests pairs in the order of the paths' {
        $mixed = Join-Path $folder 'mixed.crt'
        Copy-Item $pairs[0].CertificatePath $mixed
        Copy-Item $pairs[1].KeyPath (Join-Path $folder 'mixed.key')
        Test-StepCertificatePair $pairs[0].CertificatePath, $mixed, $pairs[1].CertificatePath, $mixed | Should -Be $true, $false, $true, $false
    }
}
