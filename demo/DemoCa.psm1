<# The development CA of the demonstration: a process that ends with its standard input, and so with this one. #>
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Program = Join-Path $PSScriptRoot "../src/StepCaRenew.DevCa/bin/$($env:STEPCARENEW_CONFIGURATION)/net10.0/StepCaRenew.DevCa.dll"

function Start-DemoCa {
    <# .SYNOPSIS Starts the CA on a free port of the loopback address; it writes the folder as step would. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([Parameter(Mandatory)] [string] $Folder)
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet', [string[]] ($Program, 'run', '--folder', $Folder))
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    while ($null -ne ($line = $process.StandardOutput.ReadLine())) {
        if ($line -eq 'READY') { return $process }
    }
    throw 'The development CA did not start.'
}

function Stop-DemoCa {
    <# .SYNOPSIS Ends the CA and waits for it. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([Parameter(Mandatory)] [Diagnostics.Process] $Process)
    $Process.StandardInput.Close()
    if (-not $Process.WaitForExit(10000)) { $Process.Kill() }
    $Process.Dispose()
}

function New-DemoPair {
    <# .SYNOPSIS Issues a certificate that has lived a part of its 24 hours already. #>
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    param([string] $Folder, [string] $Name, [string] $CertificatePath, [string] $KeyPath, [string] $Elapsed)
    dotnet $Program issue --folder $Folder --name $Name --lifetime 24h --elapsed $Elapsed $CertificatePath $KeyPath | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "No certificate for $Name could be issued." }
}

Export-ModuleMember -Function *-DemoCa, *-DemoPair
