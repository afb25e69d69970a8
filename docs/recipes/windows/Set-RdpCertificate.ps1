#Requires -Version 7.4

<#
.SYNOPSIS
    Remote Desktop: the listener gets the renewed certificate.
.DESCRIPTION
    A follow-up script of StepCaRenew (-ScriptPath), run as administrator or SYSTEM. The certificate must be in LocalMachine\My, and
    NETWORK SERVICE must be able to read its key: publish it with -Store LocalMachine\My -GrantRead S-1-5-20. New connections get the new
    certificate; sessions in progress stay. Nothing is deleted.
.PARAMETER Thumbprint
    The new certificate; by default that of the renewal.
.PARAMETER Listener
    The name of the listener.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Thumbprint = $env:STEPCARENEW_THUMBPRINT,
    [string] $Listener = 'RDP-tcp'
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if ($Thumbprint -notmatch '^[0-9A-Fa-f]{40}$') { throw "Exactly one thumbprint is expected, not '$Thumbprint'. Register the certificate of Remote Desktop as a renewal of its own." }
$certificate = Get-Item -LiteralPath "Cert:\LocalMachine\My\$Thumbprint" -ErrorAction Ignore
if (-not $certificate) { throw "The certificate $Thumbprint is not in LocalMachine\My. Publish it there (-Store LocalMachine\My)." }
if (-not $certificate.HasPrivateKey) { throw "The certificate $Thumbprint in LocalMachine\My has no private key. Remote Desktop was not changed." }

$setting = Get-CimInstance -Namespace root/cimv2/TerminalServices -ClassName Win32_TSGeneralSetting | Where-Object TerminalName -EQ $Listener
if (-not $setting) { throw "There is no listener '$Listener'. Is Remote Desktop installed?" }
if ($setting.SSLCertificateSHA1Hash -eq $Thumbprint) { return "Remote Desktop ($Listener) has the certificate $($Thumbprint.Substring(0, 8)) already" }
if ($PSCmdlet.ShouldProcess("Remote Desktop ($Listener)", "Replace certificate $($setting.SSLCertificateSHA1Hash) by $Thumbprint")) {
    Set-CimInstance -InputObject $setting -Property @{ SSLCertificateSHA1Hash = $Thumbprint } -Confirm:$false
    "Remote Desktop ($Listener): certificate $($Thumbprint.Substring(0, 8)) replaces $($setting.SSLCertificateSHA1Hash)"
}
