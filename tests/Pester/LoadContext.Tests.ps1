# Next to another module with another version of one of our packages, each order in a PowerShell
# of its own, since what a process has loaded it keeps.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    $environment = Use-CleanEnvironment
    $manifest = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
    # Module.Tests.ps1 compares the manifest with the cmdlets.
    $exported = (Import-PowerShellDataFile $manifest).CmdletsToExport | Sort-Object
    $commands = $exported -join ' '

    function Get-OtherModule {
        $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
        $module = Join-Path $PSScriptRoot "OtherModule/bin/$configuration/net8.0/OtherModule.dll"
        [pscustomobject]@{ Path = $module; Reason = if (-not (Test-Path $module)) { "the other module is not built: $module" } }
    }

    function Get-Answer {
        param([string] $Script)
        $run = Invoke-FreshPwsh -Script "`$manifest = '$manifest'`n$Script"
        if ($run.ExitCode -ne 0 -or $run.Error) { throw "The script ended with $($run.ExitCode): $($run.Error) $($run.Output)" }
        $run.Output.Trim()
    }
}

AfterAll {
    Restore-Environment $environment
}

Describe 'Next to a module with another version of the logging package' {
    BeforeAll {
        $other = Get-OtherModule
        $ca = Open-TestCa DevCa
    }

    BeforeEach {
        foreach ($needed in $other, $ca) { if ($needed.Reason) { return Skip-Test -Because $needed.Reason } }
    }

    AfterAll {
        Close-TestCa $ca
    }

    It 'both work, <_>' -ForEach 'ours imported first', 'theirs imported first', 'ours used before theirs is imported', 'theirs used before ours is imported' {
        $pair = Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder ([IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName)
        $old = Get-LeafSerial $pair.CertificatePath
        $importOurs = 'Import-Module $manifest'
        $importTheirs = "Import-Module '$($other.Path)'"
        $useOurs = "`$all = Invoke-StepRenewal '$($pair.CertificatePath)' -StepPath '$($ca.Folder)' -RetryTimeout 0s -Force -Verbose *>&1"
        $useTheirs = '$log = Get-OtherLog'
        $order = switch ($_) {
            'ours imported first' { $importOurs, $importTheirs, $useTheirs, $useOurs }
            'theirs imported first' { $importTheirs, $importOurs, $useOurs, $useTheirs }
            'ours used before theirs is imported' { $importOurs, $useOurs, $importTheirs, $useTheirs }
            default { $importTheirs, $useTheirs, $importOurs, $useOurs }
        }

        $answer = Get-Answer (($order -join "`n") + @'

[pscustomobject]@{
    Log     = $log
    Status  = $all | ForEach-Object { if ($_.PSObject.Properties['SerialNumber']) { $_.Status } }
    Verbose = @($all | Where-Object { $_ -is [Management.Automation.VerboseRecord] }).Count
    Loaded  = [AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'Microsoft.Extensions.Logging.Abstractions' } |
        ForEach-Object { '{0} in {1}' -f $_.GetName().Version.Major, [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name } | Sort-Object
} | ConvertTo-Json
'@) | ConvertFrom-Json

        $answer.Log | Should -Be 'Hello from the other module', 'BufferedLogRecord'
        $answer.Status | Should -BeExactly 'Renewed'
        $answer.Verbose | Should -BeGreaterOrEqual 3
        $answer.Loaded | Should -HaveCount 2
        $answer.Loaded[0] | Should -BeExactly '8 in StepCaRenew'
        $answer.Loaded[1] | Should -Match '^9 in '
        $answer.Loaded[1] | Should -Not -Match 'StepCaRenew'
        Get-LeafSerial $pair.CertificatePath | Should -Not -Be $old
        Test-OpenSslPair $pair | Should -BeTrue
    }
}

Describe 'The loaded assemblies' {
    It 'loads the engine only when a cmdlet needs it, and nothing for HTTP, retries, JSON or PKCS if nothing is due' {
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder ([IO.Directory]::CreateDirectory((Join-Path $TestDrive 'not-due')).FullName)
        # Microsoft.CSharp comes with PowerShell's own way to a property, and not with us; a hook lets .NET run under Wine.
        $names = '([Runtime.Loader.AssemblyLoadContext]::All.Assemblies.GetName().Name -ne "Microsoft.CSharp" -ne "StepCaRenew.WineHook")'
        # .NET itself loads System.Formats.Asn1 to decode a certificate or a key. Some PowerShells have loaded it before.
        $answer = Get-Answer @"
Add-Type -AssemblyName System.Formats.Asn1
Import-Module `$manifest
`$imported = $names
`$result = Invoke-StepRenewal -LiteralPath '$($pair.CertificatePath)'
`$used = $names
`$result.Status, (`$imported -like 'StepCaRenew.*' -join ' '), ((`$used | Where-Object { `$_ -notin `$imported } | Sort-Object) -join ' ')
"@
        $answer -split '\r?\n' | Should -BeExactly 'NotDue', 'StepCaRenew.Cmdlets', 'Microsoft.Extensions.Logging.Abstractions StepCaRenew.Core'
    }

    It 'has cmdlets that reference the engine, and none of its packages' {
        $answer = Get-Answer @'
Import-Module $manifest
(Get-Command Invoke-StepRenewal).ImplementingType.Assembly.GetReferencedAssemblies().Name | Where-Object { $_ -notlike 'System*' } | Sort-Object
'@
        $answer | Should -BeExactly 'StepCaRenew.Core'
    }
}

Describe 'Importing and removing' {
    BeforeAll {
        $list = '(Get-Command -Module StepCaRenew).Name | Sort-Object | Join-String -Separator " "'
    }

    It 'keeps all commands with Import-Module -Force, twice' {
        Get-Answer "Import-Module `$manifest; Import-Module `$manifest -Force; Import-Module `$manifest -Force; $list" | Should -BeExactly $commands
    }

    It 'removes all commands with Remove-Module, and imports them again' {
        $answer = Get-Answer @"
Import-Module `$manifest
Remove-Module StepCaRenew
'removed: ' + @(Get-Command -Module StepCaRenew).Count + ' ' + [bool] (Get-Command Get-StepCertificate -ErrorAction Ignore)
Import-Module `$manifest
$list
Get-StepCertificate '$TestDrive' | Measure-Object | ForEach-Object Count
"@
        $answer -split '\r?\n' | Should -BeExactly 'removed: 0 False', $commands, '0'
    }

    It 'works in two runspaces at once, and in one after the other' {
        $answer = Get-Answer @'
$names = 1..2 | ForEach-Object -Parallel { Import-Module $using:manifest; (Get-Command -Module StepCaRenew).Count } -ThrottleLimit 2
$names += 1 | ForEach-Object -Parallel { Import-Module $using:manifest; (Get-Command -Module StepCaRenew).Count }
$names -join ' '
@([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -eq 'StepCaRenew.Cmdlets' }).Count
'@
        $answer -split '\r?\n' | Should -BeExactly (($exported.Count, $exported.Count, $exported.Count) -join ' '), '1'
    }

    It 'works by name from the module path, and loads by itself' {
        $folder = Split-Path (Split-Path (Split-Path $manifest))
        $run = Invoke-FreshPwsh -Environment @{ PSModulePath = $folder } -Script "Test-StepCertificatePair '$TestDrive/none.crt' -ErrorAction SilentlyContinue -ErrorVariable p; `$p.FullyQualifiedErrorId"
        $run.Output.Trim() | Should -BeExactly 'FileNotFound,StepCaRenew.Cmdlets.TestStepCertificatePairCommand'
    }
}
