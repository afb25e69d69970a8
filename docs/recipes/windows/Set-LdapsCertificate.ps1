#Requires -Version 7.4

<#
.SYNOPSIS
    LDAPS of a domain controller: the directory service gets the renewed certificate, without a restart.
.DESCRIPTION
    A follow-up script of StepCaRenew (-ScriptPath), run as SYSTEM on a domain controller. It copies the certificate from LocalMachine\My to
    the store of the directory service (NTDS\Personal), and asks the service to load it (renewServerCertificate, MS-ADTS 3.1.1.3.3.22).
    The old certificate stays there unless -RemoveOld is given; then only the one before this renewal is removed from that store, after the
    service has been asked.
.PARAMETER Thumbprint
    The new certificate; by default that of the renewal.
.PARAMETER OldThumbprint
    The certificate before.
.PARAMETER RemoveOld
    Removes the certificate before from the store of the directory service. LocalMachine\My stays as it is.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [string] $Thumbprint = $env:STEPCARENEW_THUMBPRINT,
    [string] $OldThumbprint = $env:STEPCARENEW_OLD_THUMBPRINT,
    [switch] $RemoveOld
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Update-DirectoryService {
    <# .SYNOPSIS Asks the directory service of this machine to read its certificates again. #>
    [CmdletBinding(SupportsShouldProcess)]
    param()
    if (-not $PSCmdlet.ShouldProcess('rootDSE', 'renewServerCertificate')) { return }
    $root = [System.DirectoryServices.DirectoryEntry]::new('LDAP://localhost/RootDSE')
    try {
        $root.Properties['renewServerCertificate'].Value = 1
        $root.CommitChanges()
    }
    finally {
        $root.Dispose()
    }
}

if ($Thumbprint -notmatch '^[0-9A-Fa-f]{40}$') { throw "Exactly one thumbprint is expected, not '$Thumbprint'. Register the certificate of LDAPS as a renewal of its own." }
# A store of the machine and one of a service are keys of the registry with the same content.
$machine = 'HKLM:\SOFTWARE\Microsoft\SystemCertificates\MY\Certificates'
$service = 'HKLM:\SOFTWARE\Microsoft\Cryptography\Services\NTDS\SystemCertificates\My\Certificates'
if (-not (Test-Path -LiteralPath "$machine\$Thumbprint")) { throw "The certificate $Thumbprint is not in LocalMachine\My. Publish it there (-Store LocalMachine\My)." }
if (Test-Path -LiteralPath "$service\$Thumbprint") { return "LDAPS has the certificate $($Thumbprint.Substring(0, 8)) already" }
if (-not $PSCmdlet.ShouldProcess('NTDS\Personal', "Add certificate $Thumbprint")) { return }
if (-not (Test-Path -LiteralPath $service)) { $null = New-Item -Path $service -Force }
Copy-Item -LiteralPath "$machine\$Thumbprint" -Destination $service -Recurse
Update-DirectoryService -Confirm:$false
"LDAPS: certificate $($Thumbprint.Substring(0, 8)) was added"
if ($RemoveOld -and $OldThumbprint -match '^[0-9A-Fa-f]{40}$' -and $OldThumbprint -ne $Thumbprint -and (Test-Path -LiteralPath "$service\$OldThumbprint")) {
    Remove-Item -LiteralPath "$service\$OldThumbprint" -Recurse
    Update-DirectoryService -Confirm:$false
    "LDAPS: certificate $($OldThumbprint.Substring(0, 8)) was removed"
}
