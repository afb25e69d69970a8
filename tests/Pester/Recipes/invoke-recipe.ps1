<#
.SYNOPSIS
    Runs on the host of a recipe: a CA, the blocks of the page, and a renewal by the schedule that they registered.
.DESCRIPTION
    Reads given.json in the folder, and writes seen.json. openssl looks at what the server serves, not the module.
#>
param([Parameter(Mandatory)] [string] $Folder)

$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $true
$helpers = Join-Path $PSScriptRoot '../Helpers'
Import-Module (Join-Path $helpers StepCaRenew.TestHelpers.psm1)
Import-Module (Join-Path $helpers StepCaRenew.TestCa.psm1)

$given = Get-Content (Join-Path $Folder given.json) -Raw | ConvertFrom-Json
$recipe = $given.Recipe
$seen = [ordered]@{ Failure = $null; IsSame = @(); Warnings = @(); Output = @() }

function Invoke-Block {
    param($Block)
    if ($Block.File) {
        [IO.Directory]::CreateDirectory((Split-Path $Block.File)) > $null
        [IO.File]::WriteAllText($Block.File, $Block.Text + "`n")
    }
    elseif ($Block.Language -eq 'sh') { & bash -euo pipefail -c $Block.Text }
    else { & ([scriptblock]::Create($Block.Text)) }
}

function Get-ServedSerial {
    $PSNativeCommandUseErrorActionPreference = $false
    $served = '' | & openssl s_client @connect 2>$null | & openssl x509 -noout -serial 2>$null
    "$served" -replace '^serial=0*'
}

function Get-FileSerial { (Get-LeafSerial $recipe.Certificate) -replace '^0*' }

function Get-MainProcess { & pgrep --oldest --exact $recipe.Process }

# A page promises that the server serves the new certificate after a renewal by its schedule.
function Test-Renewal {
    $old = Get-FileSerial
    $seen.ServedBefore = Wait-Until { (Get-ServedSerial) -eq $old }
    $seen.ProcessBefore = Get-MainProcess
    # A client that stays connected and is idle. It ends when the server closes the connection.
    $client = Open-Process -Folder $Folder -FilePath openssl -ArgumentList (@('s_client', '-crlf') + $connect)
    if ($recipe.Request) { $client.StandardInput.Write("$($recipe.Request)`nHost: $($recipe.Name)`n`n"); $client.StandardInput.Flush() }
    [Threading.Thread]::Sleep(300)
    $seen.ClientConnected = -not $client.HasExited
    # 'systemctl start' joins a run of the timer that is under way, and this one may have looked before the certificate was due.
    & systemctl stop "stepcarenew-$($recipe.Task).timer"
    $seen.NoRunBefore = Wait-Until { (& systemctl show --property ActiveState --value "stepcarenew-$($recipe.Task)") -eq 'inactive' } -Seconds 60
    $request = @{ Provisioner = 'admin'; ProvisionerPasswordFile = '/root/provisioner.txt'; NotBefore = '-17h'; NotAfter = '24h'; Force = $true }
    Request-StepCertificate $recipe.Name $recipe.Certificate @request > $null
    $due = Get-FileSerial
    & systemctl start "stepcarenew-$($recipe.Task)"
    $new = Get-FileSerial
    $seen.Renewed = $new -notin $old, $due
    $seen.ServedAfter = Wait-Until { (Get-ServedSerial) -eq $new } -Seconds 20
    $seen.ProcessAfter = Get-MainProcess
    $seen.Task = Get-StepRenewalTask $recipe.Task | Select-Object LastStatus, LastErrorId, ActionsPending
    & systemctl start "stepcarenew-$($recipe.Task).timer"
    $seen.Schedule = Get-StepRenewalTask $recipe.Task | Select-Object ScheduleHealthy, ScheduleDifferences
    $seen.ClientStays = -not (Wait-Until { $client.HasExited } -Seconds ($recipe.ClientStays ? 1 : 10))
    Close-Process $client
}

# The server must send the chain up to the root, and have the name.
$trust = '-CAfile', '/root/.step/certs/root_ca.crt', '-verify_return_error', '-verify_hostname', $recipe.Name
$connect = @('-connect', $recipe.Endpoint, '-servername', $recipe.Name) + $trust + @(if ($recipe.StartTls) { '-starttls', $recipe.StartTls })
$package = Get-TestPackage
$modules = '/usr/local/share/powershell/Modules/StepCaRenew'
[IO.Directory]::CreateDirectory($modules) > $null
& cp --recursive --no-preserve=ownership $package "$modules/"
$ca = Open-TestCa StepCa
try {
    [IO.File]::WriteAllText('/root/provisioner.txt', 'test-password')
    & chmod 600 /root/provisioner.txt
    Import-Module StepCaRenew
    Initialize-StepContext $ca.Url ([Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPem([IO.File]::ReadAllText($ca.RootPath)).GetCertHashString('SHA256')) > $null
    foreach ($block in $given.Blocks) {
        try {
            $output = Invoke-Block $block *>&1
            $seen.Warnings += @($output | Where-Object { $_ -is [Management.Automation.WarningRecord] } | ForEach-Object { "$_" })
            $seen.IsSame += @($output | Where-Object { $_.PSObject.Properties['IsSame'] -and $null -ne $_.IsSame } | ForEach-Object IsSame)
            $seen.Output += "--- line $($block.Line)"
            $seen.Output += ($output | Out-String).Trim()
        }
        catch {
            $seen.Failure = "line $($block.Line): $_`n$($output | Out-String)`n$(& journalctl --no-pager --unit $recipe.Service --lines 20 | Out-String)"
            break
        }
    }
    if (-not $seen.Failure) { Test-Renewal }
}
catch {
    $seen.Failure = "after the blocks: $_ $($_.ScriptStackTrace)"
}
finally {
    $seen | ConvertTo-Json -Depth 5 | Set-Content (Join-Path $Folder seen.json)
    Close-TestCa $ca
}
