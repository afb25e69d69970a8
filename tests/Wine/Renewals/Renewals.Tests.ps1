# Renewals in PowerShell for Windows under Wine, against the real step-ca of this machine. Wine's SChannel has RSA keys for
# client certificates only, so what has an EC key is renewed by token.
BeforeAll {
    Import-Module $PSScriptRoot/../../Pester/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/../../Pester/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/StepCaRenew.WineRun.psm1
    $ca = Open-TestCa StepCa
    if ($ca.Reason) { return }
    $authority = Get-CaAuthority $ca

    # As a user has them: the module where PowerShell looks for it, the pairs in a folder that nobody else can change.
    $module = Join-Path (Get-WinePrefix) 'Program Files/PowerShell/7/Modules/StepCaRenew'
    Remove-Item $module -Recurse -ErrorAction Ignore
    [IO.Directory]::CreateDirectory($module) > $null
    Copy-Item (Get-TestPackage) $module -Recurse
    $folder = [IO.Directory]::CreateDirectory((Join-Path (Get-WinePrefix) "renewals-$([Guid]::NewGuid())")).FullName
    $windows = ConvertTo-WindowsPath $folder
    $atCa = "StepPath = '$(ConvertTo-WindowsPath $ca.Folder)'; RetryTimeout = '0s'"

    function New-TestPair {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Into a folder of the tests.')]
        param([string] $Name, [string] $Algorithm = 'P256')
        # Wine's SChannel fails with an RSA key if one of its numbers begins with a zero byte, as in one of 50.
        do {
            $pair = Build-TestCertificate -Authority $authority -Folder $folder -Name $Name -Algorithm $Algorithm -Age 16:30:00
            $isOdd = $false
            if ($Algorithm -eq 'RSA') {
                $key = [Security.Cryptography.RSA]::Create()
                $key.ImportFromPem([IO.File]::ReadAllText($pair.KeyPath))
                $numbers = $key.ExportParameters($true)
                $isOdd = 0 -in @($numbers.D, $numbers.DP, $numbers.DQ, $numbers.InverseQ | ForEach-Object { , $_ } | ForEach-Object { $_[0] })
            }
        } while ($isOdd)
        $pair | Add-Member -PassThru -NotePropertyMembers @{
            Serial = Get-LeafSerial $pair.CertificatePath
            Key    = (Get-FileHash $pair.KeyPath).Hash
        }
    }

    # The result is a whole pair, with no other file next to it.
    function Assert-WholePair {
        param($Pair)
        Test-OpenSslPair $Pair | Should -BeTrue -Because $Pair.CertificatePath
        openssl verify -CAfile $ca.RootPath -untrusted $Pair.CertificatePath $Pair.CertificatePath | Should -BeLike '*: OK'
        $name = [IO.Path]::GetFileNameWithoutExtension($Pair.CertificatePath)
        Get-StagedFile (Split-Path $Pair.CertificatePath) | Where-Object Name -Like ".$name.*" | Should -BeNullOrEmpty
    }
}

AfterAll {
    if ($ca.Reason) { return }
    Close-TestCa $ca
    Remove-Item $folder, $module -Recurse -Force -ErrorAction Ignore
}

Describe 'In one process of PowerShell for Windows' {
    BeforeAll {
        if ($ca.Reason) { return }
        $pairs = @{
            token   = New-TestPair token
            mtls    = New-TestPair mtls -Algorithm RSA
            second  = New-TestPair second
            rekeyed = New-TestPair rekeyed -Algorithm RSA
        }
        $before = Get-RenewalCount $ca
        $all = Invoke-WindowsScript -Folder $TestDrive -Script @"
            Import-Module StepCaRenew
            `$at = @{ $atCa }
            `$platform = @{ Id = 'platform'; Edition = "`$(`$PSVersionTable.Platform) `$(`$PSVersionTable.PSVersion)"; Module = (Get-Module StepCaRenew).ModuleBase }
            `$platform
            function Invoke-Renewal(`$name, [hashtable] `$more) {
                Invoke-StepRenewal "$windows\`$name.crt" @at @more -ErrorAction SilentlyContinue | ForEach-Object {
                    @{ Id = `$name; Status = "`$(`$_.Status)"; ErrorId = `$_.ErrorId; Message = `$_.Message; SerialNumber = `$_.SerialNumber; ActionsPending = `$_.ActionsPending }
                }
            }
            # mTLS first: .NET would keep what a connection before it was made with, and the next ones would use that.
            Invoke-Renewal mtls @{ FilePath = 'cmd.exe'; ArgumentList = '/c', "echo %STEPCARENEW_NAME% %STEPCARENEW_SERIAL%>$windows\action.txt" }
            Invoke-Renewal second @{ UseToken = `$true }
            Invoke-Renewal token @{ UseToken = `$true; LogPath = '$windows\call.log' }
            Invoke-Renewal rekeyed @{ Rekey = `$true }
            # Nothing is due any more.
            Get-StepCertificate "$windows" -WarningAction SilentlyContinue | ForEach-Object { @{ Id = "looked at `$(`$_.Name)"; KeyStatus = "`$(`$_.KeyStatus)"; SerialNumber = `$_.SerialNumber } }
"@
        $count = (Get-RenewalCount $ca) - $before
        $results = @{}
        foreach ($one in $all) { $results[$one.Id] = $one }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
    }

    It 'runs the packaged module on Windows' {
        $results.platform.Edition | Should -BeLike 'Win32NT 7.*'
        $results.platform.Module | Should -BeLike 'C:\Program Files\PowerShell\7\Modules\StepCaRenew\*'
    }

    It 'renews <Title>' -ForEach @(
        @{ Title = 'by token, with an EC key'; Name = 'token' }
        @{ Title = 'by mTLS, with an RSA key through PKCS#12 and SChannel'; Name = 'mtls' }
        @{ Title = 'by token after mTLS, and not the pair of before'; Name = 'second' }
    ) {
        $result, $pair = $results[$Name], $pairs[$Name]
        $result.ErrorId | Should -BeNullOrEmpty -Because $result.Message
        $result.Status | Should -BeExactly 'Renewed'
        $serial = Get-LeafSerial $pair.CertificatePath
        $serial | Should -Not -Be $pair.Serial
        $result.SerialNumber | Should -Be $serial
        (Get-FileHash $pair.KeyPath).Hash | Should -Be $pair.Key
        Assert-WholePair $pair
    }

    It 'rekeys: a new key with its certificate' {
        $results.rekeyed.ErrorId | Should -BeNullOrEmpty -Because $results.rekeyed.Message
        $results.rekeyed.Status | Should -BeExactly 'Renewed'
        (Get-FileHash $pairs.rekeyed.KeyPath).Hash | Should -Not -Be $pairs.rekeyed.Key
        Get-LeafSerial $pairs.rekeyed.CertificatePath | Should -Be $results.rekeyed.SerialNumber
        Assert-WholePair $pairs.rekeyed
    }

    It 'asks the CA once for each renewal' {
        $count | Should -Be 3
        foreach ($name in $pairs.Keys) {
            $results["looked at $name"].KeyStatus | Should -BeExactly 'Matches' -Because $name
            $results["looked at $name"].SerialNumber | Should -Be (Get-LeafSerial $pairs[$name].CertificatePath)
        }
    }

    It 'runs a program as an action, with its variables' {
        $results.mtls.ActionsPending | Should -BeFalse
        Get-Content "$folder/action.txt" | Should -BeExactly "mtls $(Get-LeafSerial $pairs.mtls.CertificatePath)"
    }

    It 'logs with -LogPath' {
        $events = @(Get-Content "$folder/call.log" | ConvertFrom-Json)
        $events.Count | Should -BeGreaterThan 1
        "$($events | ForEach-Object { $_ | ConvertTo-Json -Compress })" | Should -Match (Get-LeafSerial $pairs.token.CertificatePath)
    }
}

Describe 'A registered renewal on Windows' {
    BeforeAll {
        if ($ca.Reason) { return }
        $pair = New-TestPair registered
        $registered = Invoke-WindowsScript -Folder $TestDrive -Script @"
            Import-Module StepCaRenew
            `$at = @{ $atCa }
            Register-StepRenewalTask "$windows\registered.crt" -Name registered -Scope CurrentUser @at -UseToken -FilePath C:\windows\system32\cmd.exe -ArgumentList '/c', "echo %STEPCARENEW_NAME%>$windows\registered.txt" > `$null
            `$command = Register-StepRenewalTask "$windows\registered.crt" -Name registered -Scope CurrentUser @at -UseToken -AsText
            @{ Home = "`$env:LOCALAPPDATA\StepCaRenew"; Command = "`$command"; Found = @(Get-StepRenewalTask registered).Count }
"@
        # The command that the task would start.
        $run = Invoke-WindowsProgram pwsh, '-NoProfile', '-NonInteractive', '-Command', "Import-Module StepCaRenew; Invoke-StepRenewal -Name 'registered' -Scheduled"
        $again = Invoke-WindowsProgram pwsh, '-NoProfile', '-NonInteractive', '-Command', "Import-Module StepCaRenew; Invoke-StepRenewal -Name 'registered' -Scheduled"
        $places = Join-Path (Get-WinePrefix) ($registered.Home.Substring(3).Replace('\', '/'))
        $log = @(Get-ChildItem "$places/logs" -Recurse -File | Get-Content)
    }

    AfterAll {
        if ($ca.Reason) { return }
        Invoke-WindowsProgram pwsh, '-NoProfile', '-NonInteractive', '-Command', "Import-Module StepCaRenew; Unregister-StepRenewalTask registered" > $null
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
    }

    It 'is registered with the command that these tests run' {
        $registered.Found | Should -Be 1
        $registered.Command | Should -Match 'Invoke-StepRenewal -Name .*registered.* -Scheduled'
    }

    It 'renews, runs its action and ends with exit code 0' {
        $run.ExitCode | Should -Be 0 -Because ($run.Output + $run.Error)
        Get-LeafSerial $pair.CertificatePath | Should -Not -Be $pair.Serial
        Get-Content "$folder/registered.txt" | Should -BeExactly 'registered'
        Assert-WholePair $pair
    }

    It 'writes its log: the renewal, then a run with nothing to do' {
        $again.ExitCode | Should -Be 0 -Because ($again.Output + $again.Error)
        $log.Count | Should -BeGreaterThan 2
        foreach ($line in $log) { { $line | ConvertFrom-Json } | Should -Not -Throw -Because $line }
        "$log" | Should -Match (Get-LeafSerial $pair.CertificatePath)
    }
}

Describe 'A run on Windows that is killed while it replaces a pair' {
    BeforeAll {
        if ($ca.Reason) { return }
        # The engine with a file system that ends its process at the n-th call, as in tests/Integration/Crash.
        $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
        $program = Get-RepositoryPath "tests/Integration/bin/$configuration/net10.0/StepCaRenew.Integration.dll"
        function Invoke-Killed {
            param($Pair, [int] $At)
            Invoke-WindowsProgram -ArgumentList dotnet, (ConvertTo-WindowsPath $program), child, crash, (ConvertTo-WindowsPath $Pair.CertificatePath), (ConvertTo-WindowsPath $Pair.KeyPath), (ConvertTo-WindowsPath $ca.Folder), rekey, force, $At
        }

        $whole = New-TestPair whole -Algorithm RSA
        $run = Invoke-Killed $whole 0
        $points = @($run.Output -split '\r?\n' -match '^\d+$')[-1] -as [int]
        # From the first staged file to the end; one process takes a second.
        $killed = foreach ($at in 1..[Math]::Max(1, $points)) {
            if ($at % 2 -eq 0) { continue }
            $pair = New-TestPair "killed$at" -Algorithm RSA
            $end = Invoke-Killed $pair $at
            [pscustomobject]@{ At = $at; Pair = $pair; ExitCode = $end.ExitCode; Left = @(Get-ChildItem $folder -Force -Filter ".killed$at.*stepcarenew-*" | ForEach-Object Name); Output = $end.Output + $end.Error; Half = -not (Test-OpenSslPair $pair) }
        }
        # The next run, which has nothing to renew.
        $after = Invoke-WindowsScript -Folder $TestDrive -Script @"
            Import-Module StepCaRenew
            `$at = @{ $atCa }
            Invoke-StepRenewal "$windows\killed*.crt" @at -ExpiresIn 1m -ThrottleLimit 1 -ErrorAction SilentlyContinue -WarningAction SilentlyContinue |
                ForEach-Object { @{ Name = `$_.Name; Status = "`$(`$_.Status)"; Message = `$_.Message; Changed = `$_.Changed } }
"@
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
    }

    It 'is killed at every second call' {
        $run.ExitCode | Should -Be 0 -Because ($run.Output + $run.Error)
        Assert-WholePair $whole
        $points | Should -BeGreaterThan 10
        foreach ($one in $killed) { $one.ExitCode | Should -Be 255 -Because "call $($one.At): $($one.Output)" }
        # Some left staged files, and some a certificate that is not that of the key.
        @($killed | Where-Object { $_.Left -like '*-new' }).Count | Should -BeGreaterThan 2
        @($killed | Where-Object Half).Count | Should -BeGreaterThan 0
    }

    It 'leaves a state that the next run completes to the old or the new pair' {
        $after | Should -HaveCount @($killed).Count
        foreach ($one in $killed) {
            Assert-WholePair $one.Pair
            $isOld = (Get-LeafSerial $one.Pair.CertificatePath) -eq $one.Pair.Serial
            if ($isOld) { (Get-FileHash $one.Pair.KeyPath).Hash | Should -Be $one.Pair.Key }
        }
        foreach ($result in $after) { $result.Status | Should -Not -Be 'Failed' -Because "$($result.Name): $($result.Message)" }
        @($killed | Where-Object { (Get-LeafSerial $_.Pair.CertificatePath) -ne $_.Pair.Serial }).Count | Should -BeGreaterThan 0
    }
}

Describe 'Certificate stores on Windows' {
    BeforeAll {
        if ($ca.Reason) { return }
        $pair = New-TestPair stored -Algorithm RSA
        $before = Get-RenewalCount $ca
        $found = Invoke-WindowsScript -Folder $TestDrive -TimeoutSeconds 120 -Script @"
            Import-Module StepCaRenew
            `$at = @{ $atCa }
            filter Show(`$id) { @{ Id = `$id; Status = "`$(`$_.Status)"; ErrorId = `$_.ErrorId; Message = `$_.Message; SerialNumber = `$_.SerialNumber; Published = "`$(`$_.Published)"; Transport = "`$(`$_.Transport)" } }
            foreach (`$location in 'CurrentUser', 'LocalMachine') {
                `$name = "StepCaRenew test `$location $([Guid]::NewGuid())"
                Invoke-StepRenewal "$windows\stored.crt" @at -Store "`$location\My" -KeyProvider Csp -FriendlyName `$name -ErrorAction SilentlyContinue | Show "`$location published"
                `$store = @{ Store = "`$location\My"; FriendlyName = `$name }
                # Wine's SChannel has keys of the user alone.
                if (`$location -eq 'CurrentUser') {
                    Invoke-StepRenewal @store @at -Force -ErrorAction SilentlyContinue | Show "`$location mtls"
                    Invoke-StepRenewal @store @at -Force -Rekey -ErrorAction SilentlyContinue | Show "`$location rekeyed"
                }
                Invoke-StepRenewal @store @at -Force -UseToken -ErrorAction SilentlyContinue | Show "`$location token"
                Invoke-StepRenewal @store @at -ErrorAction SilentlyContinue | Show "`$location again"
                `$all = @(Get-StepCertificate -Store "`$location\My" -WarningAction Ignore | Where-Object FriendlyName -EQ `$name)
                @{ Id = "`$location found"; Serials = @(`$all.SerialNumber); Keys = @(`$all.KeyStatus | ForEach-Object { "`$_" }); Newest = @((`$all | Where-Object { -not `$_.IsSuperseded }).SerialNumber) }
            }
"@
        $count = (Get-RenewalCount $ca) - $before
        $stores = @{}
        foreach ($one in $found) { $stores[$one.Id] = $one }
    }

    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
    }

    It 'gets a pair from PEM: <_>' -ForEach 'CurrentUser', 'LocalMachine' {
        $result = $stores["$_ published"]
        $result.ErrorId | Should -BeNullOrEmpty -Because $result.Message
        $result.Published | Should -BeExactly "Cert:\$_\My"
        $stores["$_ found"].Serials | Should -Contain (Get-LeafSerial $pair.CertificatePath)
    }

    It 'renews it there <How>, in <Location>' -ForEach @(
        @{ Location = 'CurrentUser'; How = 'by mTLS'; Id = 'mtls'; Transport = 'Tls' }
        @{ Location = 'CurrentUser'; How = 'with a new key'; Id = 'rekeyed'; Transport = 'Tls' }
        @{ Location = 'CurrentUser'; How = 'by token'; Id = 'token'; Transport = 'Token' }
        @{ Location = 'LocalMachine'; How = 'by token'; Id = 'token'; Transport = 'Token' }
    ) {
        $result = $stores["$Location $Id"]
        $result.ErrorId | Should -BeNullOrEmpty -Because $result.Message
        $result.Status, $result.Transport | Should -Be Renewed, $Transport
        $stores["$Location found"].Serials | Should -Contain $result.SerialNumber
    }

    It 'asks the CA once for each renewal' {
        # Not counted: the one with a new key, and the pair that was not due when it was published for the machine.
        $count | Should -Be 4
    }

    It 'finds the newest by its friendly name, and keeps all others with their keys: <_>' -ForEach 'CurrentUser', 'LocalMachine' {
        $stores["$_ again"].Status | Should -BeExactly NotDue
        $stores["$_ again"].SerialNumber | Should -BeExactly $stores["$_ token"].SerialNumber
        $stores["$_ found"].Newest | Should -BeExactly $stores["$_ token"].SerialNumber
        $stores["$_ found"].Keys | Should -Be @(@('Matches') * ($_ -eq 'CurrentUser' ? 4 : 2))
    }
}
