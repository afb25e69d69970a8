# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
# A script for ansible.windows.win_powershell: registers a renewal, or removes it.
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Read by name, with Get-Variable.')]
param([Collections.IDictionary] $Renewal, [string] $CaUrl, [string] $Context, [string] $StepPath, [securestring] $Secrets)

$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$WarningPreference = 'SilentlyContinue'

function Get-ParameterName {
    # key_path is KeyPath.
    param([string] $Option)
    -join ($Option.Split('_') | ForEach-Object { $_.Substring(0, 1).ToUpperInvariant() + $_.Substring(1) })
}

try {
    Import-Module StepCaRenew
    if ($Renewal.state -eq 'absent') {
        $task = Get-StepRenewalTask | Where-Object Name -EQ $Renewal.name
        $Ansible.Changed = [bool] $task
        $Ansible.Result = @{ status = if ($task) { 'WouldRemove' } else { 'NotRegistered' } }
        if ($task -and $PSCmdlet.ShouldProcess($Renewal.name, 'Remove the renewal')) { Unregister-StepRenewalTask $Renewal.name -Force }
        return
    }

    $parameters = @{}
    $switches = 'recurse', 'follow_symlink', 'follow_roots', 'rekey', 'force', 'remove_old'
    foreach ($option in $Renewal.Keys) {
        if ($option -in 'state', 'run_now' -or $null -eq $Renewal[$option]) { continue }
        if ($option -notin $switches) { $parameters[(Get-ParameterName $option)] = $Renewal[$option] }
        elseif ($Renewal[$option]) { $parameters[(Get-ParameterName $option)] = $true }
    }
    foreach ($name in 'CaUrl', 'Context', 'StepPath') { if (-not $parameters.Contains($name) -and ($value = Get-Variable $name -ValueOnly)) { $parameters[$name] = $value } }
    if ($Secrets) {
        $read = $Secrets | ConvertFrom-SecureString -AsPlainText | ConvertFrom-Json -AsHashtable
        if ($read.health_check_uri) { $parameters.HealthCheckUri = $read.health_check_uri }
        if ($read.on_failure) {
            $parameters.OnFailure = foreach ($notifier in $read.on_failure) {
                $one = @{}
                foreach ($option in $notifier.Keys) { if ($notifier[$option]) { $one[(Get-ParameterName $option)] = $notifier[$option] } }
                $one
            }
        }
    }

    $plan = Register-StepRenewalTask @parameters -Plan -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($problems) { throw $problems[0] }
    $Ansible.Changed = $plan.Status -ne 'Unchanged'
    $Ansible.Result = @{ status = $plan.Status; planned = @($plan.Planned); changes = @($plan.Changes); changed_properties = @($plan.ChangedProperties); warnings = @($plan.Warnings) }
    if ($Ansible.Changed) { $Ansible.Diff = @{ prepared = (@($plan.Changes | ForEach-Object { "~ $_" }) + @($plan.Planned | ForEach-Object { "+ $_" }) -join "`n") + "`n" } }
    if (-not $PSCmdlet.ShouldProcess($Renewal.name, "$($plan.Planned)")) { return }
    if ($Renewal.run_now -and $Ansible.Changed) { $parameters.RunNow = $true }
    # Also without a difference: it accepts a certificate with other names, for which runs fail with ForeignCertificate.
    $task = Register-StepRenewalTask @parameters
    $Ansible.Changed = $Ansible.Changed -or $task.Changed
    $Ansible.Result.next_run = if ($task.NextRun) { $task.NextRun.ToString('s') }
}
catch {
    $id = $_.FullyQualifiedErrorId.Split(',')[0]
    $Ansible.Result = @{ error_id = $id; remedy = $_.ErrorDetails.RecommendedAction }
    throw "${id}: $($_.Exception.Message) $($_.ErrorDetails.RecommendedAction)"
}
