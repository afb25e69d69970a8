<#
.SYNOPSIS
    Makes the folders out/package/StepCaRenew/<version> and out/package/StepCaRenewDsc/<version>, and holds them against PackageFiles.txt and
    PackageFiles.Dsc.txt.
.DESCRIPTION
    One package for all systems. bin holds the cmdlets alone, which PowerShell loads; bin/lib holds the engine
    and its packages, which go into a load context of their own, and in a folder for each platform the same libraries compiled
    in advance (Images.proj). What PowerShell brings itself is not shipped. Symbols are embedded in our assemblies
    (src/Directory.Build.props): the log of a failed night run names lines, and no file is added.
.PARAMETER WithoutImages
    Leaves out the libraries compiled in advance: to compile them, 400 MB of packages are fetched once.
#>
[CmdletBinding()]
param(
    [string] $Configuration = 'Release',
    [switch] $WithoutImages
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$version = Get-BuildVersion
foreach ($file in 'StepCaRenew.psd1', 'dsc/StepCaRenewDsc/StepCaRenewDsc.psd1', 'dsc/RenewalTask.dsc.resource.json') {
    $path = Get-BuildPath $file
    $given = if ($file -like '*.json') { (Get-Content $path -Raw | ConvertFrom-Json).version } else { (Import-PowerShellDataFile $path).ModuleVersion }
    if ($given -ne $version) { throw "$file says version $given, Directory.Build.props says $version." }
}

& (Join-Path $PSScriptRoot 'Build.ps1') -Configuration $Configuration

$package = Get-PackagePath
if (Test-Path $package) { Remove-Item $package -Recurse -Force }
[IO.Directory]::CreateDirectory((Join-Path $package 'bin/lib')) > $null
$published = Get-BuildPath 'out/publish/StepCaRenew.Cmdlets'
if (Test-Path $published) { Remove-Item $published -Recurse -Force }
Invoke-Dotnet -Name 'publish-StepCaRenew.Cmdlets' -ArgumentList 'publish', (Get-BuildPath 'src/StepCaRenew.Cmdlets'), '--output', $published, '--configuration', $Configuration, '--no-build'
foreach ($library in Get-ChildItem $published -Filter *.dll -Recurse) {
    Copy-Item $library -Destination (Join-Path $package $(if ($library.Name -eq 'StepCaRenew.Cmdlets.dll') { 'bin' } else { 'bin/lib' }))
}
if (-not $WithoutImages) {
    # Kept between builds: an image is compiled again only if its library has changed.
    $images = Get-BuildPath "out/images/$Configuration"
    Invoke-Dotnet -Name 'images' -ArgumentList @(
        'build', (Join-Path $PSScriptRoot 'Images.proj'), '--target:CompileInAdvance', '--artifacts-path', (Get-BuildPath 'out/obj/images'),
        "-p:Libraries=$(Join-Path $package 'bin/lib')", "-p:Images=$images")
    Copy-Item (Join-Path $images '*') -Destination (Join-Path $package 'bin/lib') -Recurse
}
Copy-Item (Get-BuildPath 'src/StepCaRenew.Core/Registration/renewal.schema.json') -Destination $package
foreach ($file in 'StepCaRenew.psd1', 'StepCaRenew.Format.ps1xml', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'en-US') {
    Copy-Item (Get-BuildPath $file) -Destination $package -Recurse
}

# The files of the command resource of DSC, which dsc finds in every folder of a module.
[IO.Directory]::CreateDirectory((Join-Path $package dsc)) > $null
foreach ($file in 'RenewalTask.dsc.resource.json', 'RenewalTask.ps1', 'RegisteredRenewal.ps1') {
    Copy-Item (Get-BuildPath "dsc/$file") -Destination (Join-Path $package dsc)
}

$classes = Get-PackagePath StepCaRenewDsc
if (Test-Path $classes) { Remove-Item $classes -Recurse -Force }
[IO.Directory]::CreateDirectory($classes) > $null
Copy-Item (Get-BuildPath 'dsc/StepCaRenewDsc/*') -Destination $classes
# Each of the two modules has what both use, so that no version of one depends on files of the other.
Copy-Item (Get-BuildPath 'dsc/RegisteredRenewal.ps1'), (Get-BuildPath LICENSE) -Destination $classes

foreach ($made in @{ Path = $package; List = 'PackageFiles.txt' }, @{ Path = $classes; List = 'PackageFiles.Dsc.txt' }) {
    $golden = Get-Content (Join-Path $PSScriptRoot $made.List) | Where-Object { $_ -and -not $_.StartsWith('#') }
    if ($WithoutImages) { $golden = $golden -notmatch '^bin/lib/[^/]+/' }
    $actual = Get-ChildItem $made.Path -Recurse -File -Force | ForEach-Object { [IO.Path]::GetRelativePath($made.Path, $_.FullName).Replace('\', '/') }
    $difference = @(
        $golden | Where-Object { $_ -cnotin $actual } | ForEach-Object { "missing  $_" }
        $actual | Where-Object { $_ -cnotin $golden } | ForEach-Object { "stray    $_" }
    )
    if ($difference) {
        throw "The package is not what build/$($made.List) lists:`n  $($difference -join "`n  ")"
    }
    Write-Verbose "$($made.Path), $(@($actual).Count) files"
}

exit 0
