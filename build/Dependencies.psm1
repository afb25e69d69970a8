# Modules and runtimes that the build and the tests need besides the .NET SDK: found on this machine, else fetched into out.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'BuildTools.psm1')

function Resolve-DotnetRuntime {
    <#
    .SYNOPSIS
        A dotnet that has the runtime for a target framework: the one on PATH, else out/dotnet-<framework>, made from NuGet packages.
    .DESCRIPTION
        A runtime next to the build costs seconds; a publish for it would compile everything once more.
    #>
    param([Parameter(Mandatory)] [ValidatePattern('^net\d+\.0$')] [string] $Framework)
    if ((dotnet --list-runtimes) -match "^Microsoft\.NETCore\.App $([regex]::Escape($Framework.Substring(3)))\.") { return 'dotnet' }
    $folder = Get-BuildPath "out/dotnet-$Framework"
    $platform = Get-BuildPlatform
    $project = Join-Path $folder 'Runtime.csproj'
    [IO.Directory]::CreateDirectory($folder) > $null
    [IO.File]::WriteAllText($project, @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>$Framework</TargetFramework>
    <RuntimeIdentifier>$platform</RuntimeIdentifier>
    <SelfContained>true</SelfContained>
    <OutputType>Exe</OutputType>
  </PropertyGroup>
</Project>
"@)
    Invoke-Dotnet -Name "restore-$Framework" -ArgumentList 'restore', $project
    $packs = dotnet msbuild $project -t:ResolveFrameworkReferences -getItem:ResolvedRuntimePack | Out-String
    if ($LASTEXITCODE -ne 0) { throw "The runtime for $Framework cannot be found: $packs" }
    $pack = ($packs | ConvertFrom-Json).Items.ResolvedRuntimePack | Where-Object FrameworkName -EQ 'Microsoft.NETCore.App'
    $parts = Join-Path $pack.PackageDirectory 'runtimes' $platform
    $shared = Join-Path $folder 'shared/Microsoft.NETCore.App' $pack.NuGetPackageVersion
    $resolver = Join-Path $folder 'host/fxr' $pack.NuGetPackageVersion
    foreach ($place in $shared, $resolver) { [IO.Directory]::CreateDirectory($place) > $null }
    Copy-Item (Join-Path $parts "lib/$Framework/*"), (Join-Path $parts 'native/*') $shared
    Copy-Item (Join-Path $parts 'native/*hostfxr*') $resolver
    # It looks for its runtimes next to itself.
    $dotnet = Get-Item (Get-Command dotnet -CommandType Application | Select-Object -First 1).Source
    Copy-Item ($dotnet.ResolveLinkTarget($true) ?? $dotnet) $folder
    Join-Path $folder $dotnet.Name
}

function Resolve-BuildModule {
    <#
    .SYNOPSIS
        The manifest of a module the build needs: from the module path, else from out/modules, else from a registry.
    .DESCRIPTION
        Returns Path, or no Path and the Reason why there is none.
    #>
    param([Parameter(Mandatory)] [string] $Name)
    $wanted = (Import-PowerShellDataFile (Join-Path $PSScriptRoot 'Dependencies.psd1'))[$Name]
    $cache = Get-BuildPath 'out/modules'
    $find = {
        Get-Module -ListAvailable -Name $Name, (Join-Path $cache $Name) -ErrorAction Ignore |
            Where-Object { $_.Version -ge $wanted.Minimum -and $_.Version -lt $wanted.Below } |
            Sort-Object Version -Descending | Select-Object -First 1 -ExpandProperty Path
    }
    $path = & $find
    $reason = $null
    if (-not $path) {
        $reasons = foreach ($source in @('gallery') + @('NuGet package' | Where-Object { $wanted['IsNuGetPackage'] })) {
            try {
                [IO.Directory]::CreateDirectory($cache) > $null
                if ($source -eq 'gallery') { Save-GalleryModule -Name $Name -Version $wanted.Version -Path $cache }
                else { Save-NuGetModule -Name $Name -Version $wanted.Version -Path $cache }
                break
            }
            catch {
                "as $source`: $($_.Exception.Message)"
            }
        }
        $path = & $find
        if (-not $path) {
            $reason = "$Name $($wanted.Minimum) or later is not installed, and can't be fetched: $($reasons -join '; ')"
        }
    }
    [pscustomobject]@{ Path = $path; Reason = $reason }
}

function Save-GalleryModule {
    <# .SYNOPSIS Fetches a module from the PowerShell gallery. #>
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Version, [Parameter(Mandatory)] [string] $Path)
    if (-not (Get-Command Save-PSResource -ErrorAction Ignore)) { throw 'this PowerShell has no Save-PSResource' }
    Save-PSResource -Name $Name -Version $Version -Repository PSGallery -Path $Path -TrustRepository -Quiet -ErrorAction Stop
}

function Save-NuGetModule {
    <# .SYNOPSIS Fetches a module from its NuGet package, which holds it in the folder tools. #>
    param([Parameter(Mandatory)] [string] $Name, [Parameter(Mandatory)] [string] $Version, [Parameter(Mandatory)] [string] $Path)
    $project = Join-Path $Path "$Name.csproj"
    $packages = Join-Path $Path 'packages'
    [IO.File]::WriteAllText($project, @"
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net8.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="$Name" Version="[$Version]" /></ItemGroup>
</Project>
"@)
    Invoke-Dotnet -Name "restore-$Name" -ArgumentList 'restore', $project, '--packages', $packages
    $module = Join-Path $Path $Name $Version
    [IO.Directory]::CreateDirectory((Split-Path $module)) > $null
    Move-Item (Join-Path $packages $Name.ToLowerInvariant() $Version 'tools') $module
}

Export-ModuleMember -Function Resolve-*
