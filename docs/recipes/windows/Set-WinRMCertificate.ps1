#Requires -Version 7.4

<#
.SYNOPSIS
    WinRM over HTTPS: the listeners of the old certificate get the renewed one.
.DESCRIPTION
    A follow-up script of StepCaRenew (-ScriptPath), run as administrator or SYSTEM. The certificate must be in LocalMachine\My. The host
    name of a listener must be a name of the certificate: a listener whose name it does not have gets the certificate's first name. Nothing
    is deleted, and no listener is created.
.PARAMETER Thumbprint
    The new certificate; by default that of the renewal.
.PARAMETER OldThumbprint
    The certificate before. If it is not known, all HTTPS listeners are changed.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Thumbprint = $env:STEPCARENEW_THUMBPRINT,
    [string] $OldThumbprint = $env:STEPCARENEW_OLD_THUMBPRINT
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if ($Thumbprint -notmatch '^[0-9A-Fa-f]{40}$') { throw "Exactly one thumbprint is expected, not '$Thumbprint'. Register the certificate of WinRM as a renewal of its own." }
$certificate = Get-Item -LiteralPath "Cert:\LocalMachine\My\$Thumbprint" -ErrorAction Ignore
if (-not $certificate) { throw "The certificate $Thumbprint is not in LocalMachine\My. Publish it there (-Store LocalMachine\My)." }
if (-not $certificate.HasPrivateKey) { throw "The certificate $Thumbprint in LocalMachine\My has no private key. WinRM was not changed." }
$names = @($certificate.DnsNameList | ForEach-Object { "$_" })

# WS-Management writes thumbprints with or without blanks.
$listeners = @(Get-WSManInstance -ResourceURI winrm/config/Listener -Enumerate | Where-Object Transport -EQ 'HTTPS' |
        Where-Object { -not $OldThumbprint -or "$($_.CertificateThumbprint)" -replace '\s' -eq $OldThumbprint })
if (-not $listeners) { return "WinRM has no HTTPS listener with the certificate $OldThumbprint; nothing was changed" }
foreach ($listener in $listeners) {
    if ("$($listener.CertificateThumbprint)" -replace '\s' -eq $Thumbprint) { continue }
    $name = if ($listener.Hostname -in $names) { $listener.Hostname } elseif ($names) { $names[0] } else { throw "The certificate $Thumbprint has no DNS name, which WinRM needs." }
    if ($PSCmdlet.ShouldProcess("WinRM $($listener.Address)", "Replace certificate $($listener.CertificateThumbprint) by $Thumbprint")) {
        $selector = @{ Address = $listener.Address; Transport = 'HTTPS' }
        $null = Set-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet $selector -ValueSet @{ CertificateThumbprint = $Thumbprint; Hostname = $name }
        "WinRM $($listener.Address): certificate $($Thumbprint.Substring(0, 8)) for $name"
    }
}
