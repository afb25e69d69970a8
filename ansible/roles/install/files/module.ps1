# Copyright (c) 2026 StepCaRenew contributors
# SPDX-License-Identifier: MIT
# A script for ansible.windows.win_powershell: installs a version of the module next to older ones.
[CmdletBinding(SupportsShouldProcess)]
param([string] $Source, [string] $Repository, [string] $Version, [string] $Path)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$name = 'StepCaRenew'
if (-not $Source -eq -not $Repository) { throw 'ConflictingParameters: Give the file of the module or a repository.' }
if (-not $Version -and $Source -match '[.-](\d+(\.\d+){1,3})\.(nupkg|zip)$') { $Version = $Matches[1] }
if (-not $Version) { throw 'VersionMissing: No version was given, and the name of the source has none.' }
$folder = Join-Path $Path $name $Version
$Ansible.Result = @{ version = $Version; folder = $folder }
$Ansible.Changed = -not (Test-Path -LiteralPath (Join-Path $folder "$name.psd1"))
if (-not $Ansible.Changed) { return }
$Ansible.Diff = @{ before = ''; after = "$folder`n" }
if (-not $PSCmdlet.ShouldProcess($folder, 'Install the module')) { return }

# A version appears as a whole: everything is written to a folder next to it first.
$staged = Join-Path $Path ".$name-$([guid]::NewGuid())"
$registered = $null
[IO.Directory]::CreateDirectory($staged) > $null
try {
    if ($Source -like '*.zip') { Expand-Archive -LiteralPath $Source -DestinationPath $staged }
    else {
        $from = if ($Source) { Split-Path $Source } else { $Repository }
        if ($from -match '[/\\]') {
            $registered = "stepcarenew-$([guid]::NewGuid())"
            Register-PSResourceRepository $registered -Uri $from -Trusted
        }
        Save-PSResource $name -Version "[$Version]" -Repository ($registered ?? $from) -Path $staged -TrustRepository -IncludeXml -SkipDependencyCheck
    }
    $manifest = Get-ChildItem $staged -Recurse -Filter "$name.psd1" -Force | Sort-Object { $_.FullName.Length } | Select-Object -First 1
    if (-not $manifest) { throw "ModuleNotInSource: $name $Version was not found in '$Source$Repository'." }
    $found = (Import-PowerShellDataFile -LiteralPath $manifest.FullName).ModuleVersion
    if ($found -ne $Version) { throw "ModuleVersionDiffers: '$Source$Repository' has version $found of $name instead of $Version." }
    [IO.Directory]::CreateDirectory((Join-Path $Path $name)) > $null
    [IO.Directory]::Move($manifest.DirectoryName, $folder)
}
finally {
    if ($registered) { Unregister-PSResourceRepository $registered -ErrorAction Ignore }
    Remove-Item -LiteralPath $staged -Recurse -Force -ErrorAction Ignore
}
