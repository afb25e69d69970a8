#Requires -Version 7.4

<#
.SYNOPSIS
    IIS and every other program behind http.sys: bindings of the old certificate get the renewed one.
.DESCRIPTION
    A follow-up script of StepCaRenew (-ScriptPath), run as administrator or SYSTEM. It changes a binding of http.sys if it has the old
    certificate, or one with the friendly name of the new certificate. It keeps all other settings, and deletes nothing. Needs HttpSys.psm1
    in its folder. IIS shows the new certificate, since its bindings are those of http.sys.
.PARAMETER Thumbprint
    The new certificates, one per line; by default those of the renewal.
.PARAMETER OldThumbprint
    The certificates before, in the same order; a line can be empty.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Thumbprint = $env:STEPCARENEW_THUMBPRINT,
    [string] $OldThumbprint = $env:STEPCARENEW_OLD_THUMBPRINT
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'HttpSys.psm1')

$new = @("$Thumbprint" -split '\r?\n')
$old = @("$OldThumbprint" -split '\r?\n')
if (-not $Thumbprint) { throw 'There is no thumbprint: run this script by -ScriptPath of a renewal, or give -Thumbprint.' }

$bindings = @(Get-HttpSysBinding)
foreach ($index in 0..($new.Count - 1)) {
    $thumbprint = $new[$index]
    $previous = if ($index -lt $old.Count) { $old[$index] }
    foreach ($binding in $bindings | Where-Object Thumbprint -NE $thumbprint) {
        # http.sys reads the certificate from the store of the machine that the binding names.
        $store = "Cert:\LocalMachine\$($binding.Store)"
        $certificate = Get-Item -LiteralPath "$store\$thumbprint" -ErrorAction Ignore
        $present = Get-Item -LiteralPath "$store\$($binding.Thumbprint)" -ErrorAction Ignore
        $isOld = $previous -and $binding.Thumbprint -eq $previous
        $isNamed = $certificate -and $present -and $certificate.FriendlyName -and $certificate.FriendlyName -ceq $present.FriendlyName
        if (-not $isOld -and -not $isNamed) { continue }
        if (-not $certificate) { throw "The binding of $($binding.Address) has the old certificate $($binding.Thumbprint), but the new one is not in $store. Publish it there (-Store LocalMachine\$($binding.Store))." }
        if (-not $certificate.HasPrivateKey) { throw "The certificate $thumbprint in $store has no private key. The binding of $($binding.Address) was not changed." }
        if ($PSCmdlet.ShouldProcess($binding.Address, "Replace certificate $($binding.Thumbprint) by $thumbprint")) {
            Set-HttpSysBinding -Binding $binding -Thumbprint $thumbprint -Confirm:$false
            "http.sys $($binding.Address): certificate $($thumbprint.Substring(0, 8)) replaces $($binding.Thumbprint.Substring(0, 8))"
        }
    }
}
