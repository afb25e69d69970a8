Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

$Root = (Resolve-Path (Join-Path $PSScriptRoot '../../..')).Path

function Get-RepositoryPath {
    <# .SYNOPSIS A path below the repository's root. #>
    param([string] $Path = '')
    Join-Path $Root $Path
}

function Get-TestPackage {
    <# .SYNOPSIS The package under test: $env:STEPCARENEW_PACKAGE, else the newest in out/package. #>
    $path = $env:STEPCARENEW_PACKAGE
    if (-not $path) {
        $newest = Get-ChildItem (Get-RepositoryPath 'out/package/StepCaRenew') -Directory -ErrorAction Ignore |
            Sort-Object { [version] $_.Name } | Select-Object -Last 1
        if (-not $newest) { throw 'There is no package to test: run ./build.sh package first.' }
        $path = $newest.FullName
    }
    if ($IsWindows) { Copy-TestPackage $path } else { $path }
}

function Copy-TestPackage {
    # A repository on a drive of Windows is in folders that all users can change, and no schedule runs a module from there.
    # This user's folder for temporary files belongs to this user.
    param([string] $Path)
    $files = Get-ChildItem -LiteralPath $Path -Recurse -File
    $state = @($Path; $files | ForEach-Object { "$($_.FullName) $($_.Length) $($_.LastWriteTimeUtc.Ticks)" }) -join "`n"
    $id = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($state))).Substring(0, 12)
    $parent = Join-Path ([IO.Path]::GetTempPath()) "stepcarenew-package-$id/StepCaRenew"
    $copy = Join-Path $parent (Split-Path $Path -Leaf)
    if (-not (Test-Path $copy)) {
        [IO.Directory]::CreateDirectory($parent) > $null
        Copy-Item -LiteralPath $Path "$copy.new" -Recurse
        Rename-Item "$copy.new" $copy
    }
    (Get-Item $copy).FullName
}

function Import-TestPackage {
    <# .SYNOPSIS Imports the package under test, and nothing else that has its name. #>
    $package = Get-TestPackage
    $loaded = Get-Module StepCaRenew
    if ($loaded -and $loaded.ModuleBase -ne $package) { throw "Another StepCaRenew is loaded: $($loaded.ModuleBase)" }
    if (-not $loaded) { Import-Module (Join-Path $package 'StepCaRenew.psd1') -Global }
}

function Get-PwshCommand {
    <#
    .SYNOPSIS
        The command that starts the PowerShell that runs the tests: a program, and the arguments that come before its own.
    .DESCRIPTION
        As a .NET tool, PowerShell is a library that dotnet runs. The pwsh on PATH could be another version, or missing.
    #>
    $program = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'pwsh') { return $program }
    $program, (Join-Path $PSHOME 'pwsh.dll')
}

function Get-DotnetPath {
    <# .SYNOPSIS The full path of dotnet; nothing if it is not installed. On Windows it need not be on PATH. #>
    $found = Get-Command dotnet -CommandType Application -ErrorAction Ignore | Select-Object -First 1
    if ($found) { return $found.Source }
    if (-not $IsWindows) { return }
    @($env:DOTNET_ROOT; Join-Path $env:ProgramFiles dotnet) | Where-Object { $_ } | ForEach-Object { Join-Path $_ dotnet.exe } | Where-Object { Test-Path $_ } | Select-Object -First 1
}

function Test-Wine {
    <# .SYNOPSIS Whether this Windows is Wine, which has faults of its own. #>
    if (-not $IsWindows) { return $false }
    $export = [IntPtr]::Zero
    [Runtime.InteropServices.NativeLibrary]::TryGetExport([Runtime.InteropServices.NativeLibrary]::Load('ntdll.dll'), 'wine_get_version', [ref] $export)
}

function Get-LinkHindrance {
    <# .SYNOPSIS Why this process cannot make a symbolic link; nothing if it can. #>
    $folder = [IO.Directory]::CreateTempSubdirectory('stepcarenew-link-').FullName
    $link = Join-Path $folder link
    try {
        [IO.File]::WriteAllText((Join-Path $folder target), 'x')
        [IO.File]::CreateSymbolicLink($link, 'target') > $null
        # Wine says that it has made one, and has not.
        if (-not [IO.File]::Exists($link)) { 'this system makes no symbolic links' }
    }
    catch [UnauthorizedAccessException], [IO.IOException] {
        'this account cannot make symbolic links (on Windows: without developer mode, only an administrator can)'
    }
    finally {
        [IO.Directory]::Delete($folder, $true)
    }
}

function Test-StrictRun {
    <# .SYNOPSIS Whether what can't run is a failure. #>
    $env:STEPCARENEW_STRICT -eq '1'
}

function Skip-Test {
    <# .SYNOPSIS Skips the present test with a reason, which a strict run takes for a failure. #>
    param([Parameter(Mandatory)] [string] $Because)
    if (Test-StrictRun) { throw "Can't run: $Because" }
    Set-ItResult -Skipped -Because $Because
}

function Get-ModuleCommand {
    <# .SYNOPSIS The cmdlets that the package exports. #>
    Import-TestPackage
    Get-Command -Module StepCaRenew -CommandType Cmdlet
}

function Get-HelpBuilder {
    <# .SYNOPSIS The help builder that the build made. #>
    $configuration = if ($env:STEPCARENEW_CONFIGURATION) { $env:STEPCARENEW_CONFIGURATION } else { 'Release' }
    Get-RepositoryPath "tools/HelpBuilder/bin/$configuration/net10.0/HelpBuilder.dll"
}

Export-ModuleMember -Function *-*
