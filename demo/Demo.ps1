<# .SYNOPSIS Shows the module at work on a real certificate of a development CA, and on the bug that it exists for. #>
[CmdletBinding()]
param()

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'DemoCa.psm1')
Import-Module (Join-Path $env:STEPCARENEW_PACKAGE 'StepCaRenew.psd1')

function Show-Step {
    <# .SYNOPSIS A heading, and the line that a user would type. #>
    param([string] $Text, [string] $Command)
    $bold, $reset = if ([Console]::IsOutputRedirected -or $env:NO_COLOR) { '', '' } else { $PSStyle.Bold, $PSStyle.Reset }
    "`n$bold$Text$reset"
    if ($Command) { "PS> $Command" }
}

$folder = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "stepcarenew-demo-$PID")).FullName
$env:STEPPATH = Join-Path $folder 'step'
$ca = Start-DemoCa $env:STEPPATH
try {
    Set-Location $folder
    Show-Step 'A certificate of 24 hours, 70 % through its life:' 'Get-StepCertificate'
    New-DemoPair $env:STEPPATH web.example.test web.crt web.key 70%
    Get-StepCertificate | Out-String | ForEach-Object { $_.Trim() + "`n" }

    Show-Step 'It is due, so a run renews it:' 'Invoke-StepRenewal web.crt'
    Invoke-StepRenewal web.crt -OutVariable first | Out-String | ForEach-Object { $_.Trim() + "`n" }
    Get-StepCertificate | Out-String | ForEach-Object { $_.Trim() + "`n" }

    Show-Step 'A second run has nothing to do:' '(Invoke-StepRenewal web.crt).Message'
    (Invoke-StepRenewal web.crt).Message

    Show-Step 'Certificate and key belong together:' 'Test-StepCertificatePair web.crt'
    Test-StepCertificatePair web.crt -OutVariable pair

    Show-Step 'Somebody replaces both files behind its back (a rotation, a restore). The next renewal is for the new key:' 'Invoke-StepRenewal web.crt -Force; Test-StepCertificatePair web.crt'
    New-DemoPair $env:STEPPATH web.example.test web.crt web.key 10%
    Invoke-StepRenewal web.crt -Force -OutVariable second | Out-String | ForEach-Object { $_.Trim() + "`n" }
    Test-StepCertificatePair web.crt -OutVariable +pair

    Show-Step 'Somebody replaces only the key. A daemon would continue to write certificates for the old key; the cmdlet refuses to renew:' 'Invoke-StepRenewal web.crt -Force'
    New-DemoPair $env:STEPPATH other.example.test other.crt other.key 10%
    Move-Item other.key web.key -Force
    (Get-Item web.key).LastWriteTime = (Get-Date).AddHours(-1)
    (Get-Item web.crt).LastWriteTime = (Get-Date).AddHours(-2)
    Remove-Item other.crt
    $before = (Get-FileHash web.crt).Hash
    Invoke-StepRenewal web.crt -Force -ErrorAction SilentlyContinue -ErrorVariable refused -OutVariable third | Out-String | ForEach-Object { $_.Trim() + "`n" }
    $refused[0].ErrorDetails.Message
    "Remedy: $($refused[0].ErrorDetails.RecommendedAction)"
    Get-StepCertificate | Out-String | ForEach-Object { $_.Trim() + "`n" }

    # The demonstration is a test as well: what it shows must be so.
    $isRenewed = $first.Status -eq 'Renewed' -and $second.Status -eq 'Renewed' -and $pair[0] -and $pair[1]
    $isRefused = $third.ErrorId -eq 'KeyMismatch' -and (Get-FileHash web.crt).Hash -eq $before
    if (-not ($isRenewed -and $isRefused)) { throw 'The demonstration did not go as it should.' }
    Show-Step 'Renewed twice, refused once, and certificate and key were never left apart by a run.'
}
finally {
    Set-Location $PSScriptRoot
    Stop-DemoCa $ca
    Remove-Item $folder -Recurse -Force
}
