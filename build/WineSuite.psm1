# The suite Wine: tests in PowerShell and .NET for Windows, which run under Wine (tests/Wine/README.md).
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'BuildTools.psm1')
Import-Module (Join-Path $PSScriptRoot 'Suites.psm1')
Import-Module (Join-Path $PSScriptRoot 'SuiteResults.psm1')

# The Pester files that can run there as they are; the others need programs, accounts, services or signals that Wine lacks.
$PesterFiles = @(
    'Module', 'Help', 'Format', 'Get-StepCertificate', 'Get-StepRenewalTask', 'Test-StepCertificatePair', 'Register-StepRenewalTask',
    'Unregister-StepRenewalTask', 'TaskScheduler', 'Invoke-StepRenewal', 'Inputs', 'Results', 'StepConfiguration', 'Completion',
    'LoadContext', 'Images', 'WindowsRecipes', 'Actions', 'Batches', 'Stopping', 'Readme', 'Request-StepCertificate', 'New-StepToken', 'Revoke-StepCertificate',
    'AnsibleScripts')
$Runner = Get-BuildPath 'tests/Wine/run.sh'

# A part that takes longer is ended by run.sh, and the suite fails. run.sh itself gets half a minute more.
# Two other suites run at the same time.
$UnitSeconds, $PesterSeconds, $RenewalSeconds, $PrefixSeconds, $More = 600, 1000, 600, 600, 30

# How many unit tests and Pester tests must pass at least.
$Least = 1400, 200

function Get-WineObstacle {
    <# .SYNOPSIS Why the suite cannot run on this machine, or nothing. #>
    if (-not $IsLinux -or [Runtime.InteropServices.RuntimeInformation]::OSArchitecture -ne 'X64') { return 'Wine is used on Linux on x64 only' }
    $missing = @(
        if (-not (Test-Path /usr/lib/wine/wine64) -and -not (Get-Command wine64, wine -CommandType Application -ErrorAction Ignore)) { 'wine64' }
        if (-not (Get-Command x86_64-w64-mingw32-gcc -CommandType Application -ErrorAction Ignore)) { 'gcc-mingw-w64-x86-64-win32' })
    if ($missing) { "not installed (Debian's names): $($missing -join ', ')" }
}

function ConvertTo-WinePath {
    <# .SYNOPSIS A path of this machine as Windows programs see it: drive Z: is the root. #>
    param([Parameter(Mandatory)] [string] $Path)
    'Z:' + $Path.Replace('/', '\')
}

function Invoke-WineSuite {
    <# .SYNOPSIS Makes the prefix if need be, runs the three parts, and returns their result. #>
    param([Parameter(Mandatory)] [string] $Configuration, [Parameter(Mandatory)] [string] $Pester, [Parameter(Mandatory)] [hashtable] $Environment)
    $made = Invoke-BuildProcess -Name wine-prefix -FilePath bash -ArgumentList (Get-BuildPath 'tests/Wine/make-prefix.sh'), $PSHOME -TimeoutSeconds $PrefixSeconds
    if ($made.ExitCode -ne 0) { throw "The Wine prefix cannot be made, see $($made.Log)`n  $(@($made.Output -split '\r?\n')[-1])" }
    # Programs that the tests miss there are missing in Wine, not on this machine.
    $inside = $Environment + @{ }
    $inside.STEPCARENEW_PACKAGE = ConvertTo-WinePath $Environment.STEPCARENEW_PACKAGE
    $inside.STEPCARENEW_STRICT = ''
    $toPath = { ConvertTo-WinePath $args[0] }
    try {
        # A failure names a file as Windows does.
        $parts = @(
            Invoke-XunitSuite -Name wine-unit -FilePath bash -Environment $inside -TimeoutSeconds ($UnitSeconds + $More) -ToPath $toPath -ArgumentList @(
                $Runner, '--limit', $UnitSeconds, 'dotnet',
                (ConvertTo-WinePath (Get-BuildPath "tests/Unit/bin/$Configuration/net10.0/StepCaRenew.Unit.dll")), '-parallel', 'none')
            Invoke-PesterSuite -Name wine-pester -Pester $Pester -Environment $inside -TimeoutSeconds ($PesterSeconds + $More) -ToPath $toPath `
                -Command 'bash', $Runner, '--limit', $PesterSeconds, 'pwsh' -Path @($PesterFiles | ForEach-Object { Get-BuildPath "tests/Pester/$_.Tests.ps1" })
            # These run on this machine, with its step-ca, and start the Windows programs themselves.
            Invoke-PesterSuite -Name wine-renewals -Pester $Pester -Environment $Environment -TimeoutSeconds $RenewalSeconds -Path (Get-BuildPath 'tests/Wine/Renewals')
        )
        # A Wine or a check that makes hundreds of tests skip themselves must not look like success.
        foreach ($index in 0..1) {
            if ($parts[$index].Passed -lt $Least[$index]) { Add-Failure $parts[$index] "Only $($parts[$index].Passed) tests passed under Wine; at least $($Least[$index]) are to run there." }
        }
        $result = Merge-SuiteResult $parts
        $root = (ConvertTo-WinePath (Get-BuildPath '.')).TrimEnd('.')
        $result.Failures = @($result.Failures | ForEach-Object { $_.StartsWith($root) ? $_.Substring($root.Length) : $_ })
        $result
    }
    finally {
        Invoke-BuildProcess -Name wine-end -FilePath bash -ArgumentList $Runner, '--end' > $null
    }
}

Export-ModuleMember -Function *-Wine*
