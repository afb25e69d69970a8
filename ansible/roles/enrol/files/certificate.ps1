# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
# A script for ansible.windows.win_powershell: requests a certificate if the one in place is not the wanted one.
[CmdletBinding(SupportsShouldProcess)]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'Read by name, with Get-Variable.')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingPlainTextForPassword', '', Justification = 'The path of a file.')]
param(
    [Collections.IDictionary] $Certificate, [string] $CaUrl, [string] $Context, [string] $StepPath,
    [string] $Provisioner, [string] $ProvisionerPasswordFile, [securestring] $Token, [securestring] $ProvisionerPassword
)

$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$WarningPreference = 'SilentlyContinue'

function Get-Description {
    # The part of a certificate that a diff shows.
    param($Of)
    if (-not $Of) { return @{} }
    @{ subject = $Of.Subject; san = @($Of.DnsNames) + @($Of.IPAddresses) + @($Of.EmailAddresses) + @($Of.Uris); serial_number = $Of.SerialNumber; not_after = $Of.NotAfter.ToString('s') }
}

try {
    Import-Module StepCaRenew
    $request = @{ CertificatePath = $Certificate.path }
    $names = @{ key_path = 'KeyPath'; subject = 'Subject'; san = 'San'; key_algorithm = 'KeyAlgorithm'; not_after = 'NotAfter'; key_password_file = 'KeyPasswordFile' }
    foreach ($name in $names.Keys) { if ($Certificate[$name]) { $request[$names[$name]] = $Certificate[$name] } }
    if ($Certificate.use_existing_key) { $request.UseExistingKey = $true }
    $request[$(if ($Certificate.force) { 'Force' } else { 'IfNeeded' })] = $true
    foreach ($name in 'CaUrl', 'Context', 'StepPath') { if ($value = Get-Variable $name -ValueOnly) { $request[$name] = $value } }

    $before = if (Test-Path -LiteralPath $Certificate.path) { Get-StepCertificate -LiteralPath $Certificate.path -ErrorAction Ignore }
    $plan = Request-StepCertificate @request -Plan -ErrorAction SilentlyContinue -ErrorVariable problems
    if ($problems) { throw $problems[0] }
    $Ansible.Changed = $plan.Status -ne 'Unchanged'
    $Ansible.Result = @{ status = $plan.Status; reasons = @($plan.Changes); changed_properties = @($plan.ChangedProperties); planned = @($plan.Planned); warnings = @($plan.Warnings) }
    if (-not $Ansible.Changed) { return }
    $Ansible.Diff = @{ before = Get-Description $before; after = @{ subject = "CN=$($plan.Subject)"; san = @($plan.San); serial_number = '(new)'; not_after = '(new)' } }
    if (-not $PSCmdlet.ShouldProcess($Certificate.path, "$($plan.Planned)")) { return }
    foreach ($name in 'Token', 'Provisioner', 'ProvisionerPassword', 'ProvisionerPasswordFile') { if ($value = Get-Variable $name -ValueOnly) { $request[$name] = $value } }
    $after = Request-StepCertificate @request
    $Ansible.Diff = @{ before = Get-Description $before; after = Get-Description $after }
    $Ansible.Result.serial_number = $after.SerialNumber
}
catch {
    $id = $_.FullyQualifiedErrorId.Split(',')[0]
    $Ansible.Result = @{ error_id = $id; remedy = $_.ErrorDetails.RecommendedAction }
    throw "${id}: $($_.Exception.Message) $($_.ErrorDetails.RecommendedAction)"
}
