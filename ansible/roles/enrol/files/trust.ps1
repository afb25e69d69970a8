# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
# A script for ansible.windows.win_powershell: trusts a CA by the fingerprint of its root.
[CmdletBinding(SupportsShouldProcess)]
param([string] $CaUrl, [string] $Fingerprint, [string] $Context, [string] $StepPath)

$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
try {
    Import-Module StepCaRenew
    $place = @{}
    if ($Context) { $place.Context = $Context }
    if ($StepPath) { $place.StepPath = $StepPath }
    # With -WhatIf, which check mode gives, the CA is asked, and nothing is written.
    $trusted = Initialize-StepContext $CaUrl $Fingerprint @place
    if ($trusted) {
        $Ansible.Changed = $trusted.Changed
        $Ansible.Result = @{ ca_url = $trusted.CaUrl; fingerprint = $trusted.Fingerprint; root_path = $trusted.RootPath }
        return
    }
    $ca = try { Get-StepCa @place } catch { $null }
    $wanted = $Fingerprint -replace '[^0-9A-Fa-f]'
    $Ansible.Changed = -not ($ca -and $ca.CaUrl.TrimEnd('/') -eq $CaUrl.TrimEnd('/') -and ($ca.Roots | Where-Object { $_.IsTrusted -and $_.Fingerprint -eq $wanted }))
}
catch {
    $id = $_.FullyQualifiedErrorId.Split(',')[0]
    $Ansible.Result = @{ error_id = $id; remedy = $_.ErrorDetails.RecommendedAction }
    throw "${id}: $($_.Exception.Message) $($_.ErrorDetails.RecommendedAction)"
}
