#Requires -Version 7.4

<#
.SYNOPSIS
    SQL Server: instances with the old certificate get the renewed one, at their next start.
.DESCRIPTION
    A follow-up script of StepCaRenew (-ScriptPath), run as administrator or SYSTEM. SQL Server reads an RSA certificate of LocalMachine\My
    whose key is in a provider of the old kind, and its account must be able to read the key: publish it with -Store LocalMachine\My
    -KeyProvider Csp -GrantRead 'NT SERVICE\MSSQLSERVER'. An instance loads the certificate when it starts: without -Restart it serves the
    old one until then. Nothing is deleted.
.PARAMETER Thumbprint
    The new certificate; by default that of the renewal.
.PARAMETER OldThumbprint
    The certificate before.
.PARAMETER Instance
    Names of instances that get the certificate whatever they have now, such as MSSQLSERVER; by default those that have the old one.
.PARAMETER Restart
    Restarts the changed instances: this ends all their connections.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Thumbprint = $env:STEPCARENEW_THUMBPRINT,
    [string] $OldThumbprint = $env:STEPCARENEW_OLD_THUMBPRINT,
    [string[]] $Instance = @(),
    [switch] $Restart
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

if ($Thumbprint -notmatch '^[0-9A-Fa-f]{40}$') { throw "Exactly one thumbprint is expected, not '$Thumbprint'. Register the certificate of SQL Server as a renewal of its own." }
$certificate = Get-Item -LiteralPath "Cert:\LocalMachine\My\$Thumbprint" -ErrorAction Ignore
if (-not $certificate) { throw "The certificate $Thumbprint is not in LocalMachine\My. Publish it there (-Store LocalMachine\My -KeyProvider Csp)." }
if (-not $certificate.HasPrivateKey) { throw "The certificate $Thumbprint in LocalMachine\My has no private key. SQL Server was not changed." }
if ($certificate.PublicKey.Oid.Value -ne '1.2.840.113549.1.1.1') { throw "The certificate $Thumbprint has no RSA key; SQL Server needs one. Request it with -KeyAlgorithm RSA." }

$base = 'HKLM:\SOFTWARE\Microsoft\Microsoft SQL Server'
if (-not (Test-Path -LiteralPath "$base\Instance Names\SQL")) { throw 'There is no instance of SQL Server on this machine.' }
$ids = (Get-Item -LiteralPath "$base\Instance Names\SQL").GetValueNames() | ForEach-Object { [pscustomobject]@{ Name = $_; Id = (Get-ItemProperty -LiteralPath "$base\Instance Names\SQL").$_ } }
$unknown = @($Instance | Where-Object { $_ -notin @($ids.Name) })
if ($unknown) { throw "There is no instance '$($unknown -join "', '")'. The instances are: $(@($ids.Name) -join ', ')." }

foreach ($one in $ids) {
    $key = "$base\$($one.Id)\MSSQLServer\SuperSocketNetLib"
    $present = "$(Get-ItemProperty -LiteralPath $key | Select-Object -ExpandProperty Certificate -ErrorAction Ignore)"
    if ($present -eq $Thumbprint) { continue }
    if ($one.Name -notin $Instance -and (-not $OldThumbprint -or $present -ne $OldThumbprint)) { continue }
    if (-not $PSCmdlet.ShouldProcess("SQL Server $($one.Name)", "Replace certificate '$present' by $Thumbprint")) { continue }
    # SQL Server compares the text: lower case.
    Set-ItemProperty -LiteralPath $key -Name Certificate -Value $Thumbprint.ToLowerInvariant()
    $service = if ($one.Name -eq 'MSSQLSERVER') { 'MSSQLSERVER' } else { "MSSQL`$$($one.Name)" }
    if ($Restart) { Restart-Service -Name $service -Force }
    "SQL Server $($one.Name): certificate $($Thumbprint.Substring(0, 8))$(if (-not $Restart) { '; it is served after the next start of ' + $service })"
}
