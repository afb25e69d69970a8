# Ctrl+C, and all other ways in which a pipeline ends early: at once, and with whole files.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $manifest = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
    $ca = Open-TestCa StepCa
    if ($ca.Reason) { $ca = Open-TestCa DevCa }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
}

Describe 'Ctrl+C' {
    BeforeAll {
        $authority = Build-TestAuthority

        # A renewal in a runspace of its own, as a console runs one. The module is there before: a second statement would
        # be run by PowerShell's batch, which brings down the process where it is stopped and disposed at an unlucky moment
        # (it asks the closed runspace for $ErrorActionPreference on a thread of the pool, and nobody catches what that throws).
        function Invoke-Aside {
            param([hashtable] $Arguments)
            $state = [initialsessionstate]::CreateDefault2()
            $state.ImportPSModule($manifest)
            $runspace = [runspacefactory]::CreateRunspace($state)
            $runspace.Open()
            $shell = [powershell]::Create($runspace)
            $shell.AddCommand('Invoke-StepRenewal').AddParameters($Arguments) > $null
            [pscustomobject]@{ Shell = $shell; Running = $shell.BeginInvoke(); Runspace = $runspace }
        }

        # Ends it as Ctrl+C does.
        function Assert-StopsSoon {
            param([psobject] $Aside)
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $Aside.Shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 5
            $Aside.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        }

        function Close-Aside {
            param([psobject] $Aside)
            $Aside.Shell.Dispose()
            $Aside.Runspace.Dispose()
        }
    }

    BeforeEach {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        # Wine's SChannel presents RSA keys alone to a server.
        $pair = Build-TestCertificate -Authority $authority -Folder $folder -Algorithm $(if (Test-Wine) { 'RSA' } else { 'P256' })
        Set-Content "$folder/root.txt" $authority.Root.ExportCertificatePem()
        $before = Get-FileState $pair.CertificatePath, $pair.KeyPath
    }

    It 'ends a renewal that waits for a CA which never answers' {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $aside = Invoke-Aside @{ LiteralPath = $pair.CertificatePath; CaUrl = "https://127.0.0.1:$($listener.LocalEndpoint.Port)"; Root = "$folder/root.txt"; Force = $true }
        $client = $null
        try {
            Wait-Until { $listener.Pending() -or $aside.Running.IsCompleted } | Should -BeTrue
            # Nobody else would come: accepting would take for ever.
            $aside.Running.IsCompleted | Should -BeFalse
            $client = $listener.AcceptTcpClient()
            # It exists already: the run tests before the request to the CA whether it can be made.
            Get-StagedFile $folder | Should -HaveCount 1
            Assert-StopsSoon $aside
        }
        finally {
            ${client}?.Dispose()
            $listener.Stop()
            Close-Aside $aside
        }
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $before
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'ends a renewal that waits for its retry' {
        $aside = Invoke-Aside @{ LiteralPath = $pair.CertificatePath; CaUrl = "https://127.0.0.1:$(Get-FreePort)"; Root = "$folder/root.txt"; Force = $true; RetryTimeout = '10m' }
        try {
            Wait-Until { $aside.Shell.Streams.Warning.Count -ge 2 -or $aside.Running.IsCompleted } | Should -BeTrue
            $aside.Running.IsCompleted | Should -BeFalse
            Assert-StopsSoon $aside
        }
        finally {
            Close-Aside $aside
        }
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $before
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'ends a wait for a deployment' {
        $other = Build-TestCertificate -Authority $authority -Folder $folder -Name other
        Copy-Item $other.KeyPath $pair.KeyPath -Force
        # A file as young as this one is read again for two seconds.
        (Get-Item $pair.KeyPath).LastWriteTime = [datetime]::Now
        $aside = Invoke-Aside @{ LiteralPath = $pair.CertificatePath; CaUrl = 'https://127.0.0.1:1'; Root = "$folder/root.txt"; Force = $true; Verbose = $true }
        try {
            Wait-Until { @($aside.Shell.Streams.Verbose | Where-Object Message -Like '*and its key again*').Count -gt 0 -or $aside.Running.IsCompleted } | Should -BeTrue
            Assert-StopsSoon $aside
        }
        finally {
            Close-Aside $aside
        }
    }
}

Describe 'A pipeline that ends early' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $pairs = foreach ($name in 'a', 'b', 'c') { Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder -Name $name }
        $serials = $pairs.CertificatePath | ForEach-Object { Get-LeafSerial $_ }
        # One after the other, so that it is known who was begun; Batches.Tests.ps1 has the others.
        $renew = @{ StepPath = $ca.Folder; RetryTimeout = '0s'; Force = $true; ThrottleLimit = 1 }
        # Several runs of one process at once: under Wine that goes by token alone.
        if (Test-Wine) { $renew.UseToken = $true }

        # The first was renewed, the others not; all are whole.
        function Assert-OnlyFirst {
            $now = $pairs.CertificatePath | ForEach-Object { Get-LeafSerial $_ }
            $now[0] | Should -Not -Be $serials[0]
            $now[2] | Should -Be $serials[2]
            Test-OpenSslPair $pairs[0] | Should -BeTrue
            Get-StagedFile $folder | Should -BeNullOrEmpty
        }
    }

    It 'does not renew more after Select-Object -First 1' {
        $Error.Clear()
        $result = Invoke-StepRenewal $folder @renew | Select-Object -First 1
        $result.Status | Should -Be 'Renewed'
        $Error | Should -BeNullOrEmpty
        Assert-OnlyFirst
        Get-LeafSerial $pairs[1].CertificatePath | Should -Be $serials[1]
        # Nothing of the stopped run hangs over into the next one.
        (Invoke-StepRenewal $folder @renew).Status | Should -Be 'Renewed', 'Renewed', 'Renewed'
    }

    It 'does not renew more after an error with -ErrorAction Stop' {
        Copy-Item $pairs[0].KeyPath $pairs[1].KeyPath -Force
        foreach ($path in $pairs[1].KeyPath, $pairs[1].CertificatePath) { (Get-Item $path).LastWriteTime = [datetime]::Now.AddHours(-1) }
        $seen = [Collections.Generic.List[string]]::new()
        { Invoke-StepRenewal $folder @renew -ErrorAction Stop | ForEach-Object { $seen.Add($_.Status) } } | Should -Throw -ErrorId 'KeyMismatch,*'
        $seen | Should -Be 'Renewed', 'Failed'
        Assert-OnlyFirst
    }

    It 'leaves whole files after -InformationAction Stop in the middle of a renewal' {
        { Invoke-StepRenewal $folder @renew -InformationAction Stop } | Should -Throw
        Assert-OnlyFirst
        Get-LeafSerial $pairs[1].CertificatePath | Should -Be $serials[1]
    }

    It 'ends with -WarningAction Stop as soon as the CA refuses the connection' {
        $before = Get-FileState $pairs.CertificatePath
        $watch = [Diagnostics.Stopwatch]::StartNew()
        { Invoke-StepRenewal $folder -CaUrl "https://127.0.0.1:$(Get-FreePort)" -Root $ca.RootPath -Force -RetryTimeout 10m -WarningAction Stop } | Should -Throw
        $watch.Elapsed.TotalSeconds | Should -BeLessThan 10
        Get-FileState $pairs.CertificatePath | Should -Be $before
        Get-StagedFile $folder | Should -BeNullOrEmpty
    }

    It 'can run inside itself: a renewal for each result of a renewal' {
        $results = Invoke-StepRenewal $pairs[0].CertificatePath, $pairs[1].CertificatePath @renew | ForEach-Object {
            $_.Status
            (Invoke-StepRenewal $pairs[2].CertificatePath @renew).Status
        }
        $results | Should -Be 'Renewed', 'Renewed', 'Renewed', 'Renewed'
    }

    It 'renews in several runspaces at once' {
        $results = $pairs.CertificatePath | ForEach-Object -ThrottleLimit 3 -Parallel {
            Import-Module $using:manifest
            $arguments = $using:renew
            Invoke-StepRenewal $_ @arguments
        }
        $results.Status | Should -Be 'Renewed', 'Renewed', 'Renewed'
        foreach ($pair in $pairs) { Test-OpenSslPair $pair | Should -BeTrue }
    }
}
