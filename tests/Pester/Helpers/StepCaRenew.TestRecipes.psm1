# The pages of docs/recipes, and hosts on which their blocks run as they are printed.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot 'StepCaRenew.TestCa.psm1')

# Blocks that run; a block in any other language is a file, whose path is in the line before it.
$Commands = 'powershell', 'sh'

function Get-RecipeBlock {
    <#
    .SYNOPSIS
        The fenced blocks of a page: commands, and files with their paths.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    $lines = [IO.File]::ReadAllLines($Path)
    $block, $before = $null
    for ($i = 0; $i -lt $lines.Count; $i++) {
        if ($lines[$i] -match '^\s*```(?<language>\S*)\s*$') {
            if ($block) {
                [pscustomobject]@{ Line = $block.Line; Language = $block.Language; File = $block.File; Text = $block.Text -join "`n" }
                $block = $null
                continue
            }
            $block = @{ Line = $i + 1; Language = $Matches.language; File = $null; Text = @() }
            if ($block.Language -in $Commands) { continue }
            if ($before -notmatch '`(?<path>/[^`]+)`[^`]*:$') { throw "$(Split-Path $Path -Leaf):$($i + 1): the line before this block must name its file and end with a colon, or the block must be $($Commands -join ' or ')." }
            $block.File = $Matches.path
        }
        elseif ($block) { $block.Text += $lines[$i] }
        elseif ($lines[$i].Trim()) { $before = $lines[$i].TrimEnd() }
    }
    if ($block) { throw "$(Split-Path $Path -Leaf):$($block.Line): this block has no end." }
}

function Get-InlineCommand {
    <#
    .SYNOPSIS
        The commands in the text of a page that are in none of its blocks, and so would run in no test.
    #>
    param([Parameter(Mandatory)] [string] $Path)
    $inBlocks = @(Get-RecipeBlock $Path | ForEach-Object { $_.Text }) -join "`n"
    $text = [regex]::Replace([IO.File]::ReadAllText($Path), '(?ms)^\s*```.*?^\s*```\s*$', '')
    foreach ($inline in [regex]::Matches($text, '`([^`\n]+)`')) {
        $words = $inline.Groups[1].Value
        $name = ($words -split ' ')[0]
        if ($words -match ' ' -and (Get-Command $name -CommandType Application, Cmdlet -ErrorAction Ignore) -and -not $inBlocks.Contains($words)) { $words }
    }
}

function Get-HostHindrance {
    <#
    .SYNOPSIS
        Why no host with systemd can be made here; nothing if it can.
    #>
    if (-not $IsLinux) { return 'hosts with systemd are made on Linux' }
    if ((& id -u) -ne '0') { return 'a host with systemd needs root' }
    foreach ($program in '/lib/systemd/systemd', 'unshare', 'nsenter', 'findmnt', 'pgrep', 'ip', 'openssl') {
        if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return "$program is missing" }
    }
    if (-not (& findmnt --noheadings --types cgroup2 --output TARGET)) { return 'there is no cgroup2 for a systemd' }
    (Get-StepCaBinary).Reason
}

function Open-SystemdHost {
    <#
    .SYNOPSIS
        Starts a host with systemd in namespaces of its own; it ends with this process at the latest.
    #>
    param([Parameter(Mandatory)] [string] $Folder)
    $process = Open-Process -Folder $Folder -FilePath bash -ArgumentList (Get-RepositoryPath tests/Pester/Recipes/systemd-host.sh), $Folder
    $systemd = [pscustomobject]@{ Process = $process; Folder = $Folder; Id = $null }
    $init = Join-Path $Folder init
    if (-not (Wait-Until -Seconds 60 { $process.HasExited -or (Test-Path $init) }) -or $process.HasExited) {
        $log = Get-Content (Join-Path $Folder boot.log) -Raw -ErrorAction Ignore
        Close-SystemdHost $systemd
        throw "The host did not start: $log"
    }
    $systemd.Id = (Get-Content $init).Trim()
    $systemd
}

function Close-SystemdHost {
    <#
    .SYNOPSIS
        Ends a host and all its processes; does nothing without one.
    #>
    param([AllowNull()] $SystemdHost)
    if ($SystemdHost) { Close-Process $SystemdHost.Process }
}

function Invoke-Recipe {
    <#
    .SYNOPSIS
        Runs the blocks of a page on a host, then a renewal by its schedule, and returns what was seen.
    .PARAMETER Recipe
        The recipe: Page, and what invoke-recipe.ps1 reads.
    #>
    param([Parameter(Mandatory)] $SystemdHost, [Parameter(Mandatory)] [hashtable] $Recipe)
    $given = @{ Recipe = $Recipe; Blocks = @(Get-RecipeBlock (Get-RepositoryPath "docs/recipes/$($Recipe.Page).md")) }
    if ($Recipe.Version) {
        $printed, $installed = $Recipe.Version
        foreach ($block in $given.Blocks) { $block.File, $block.Text = $block.File, $block.Text -replace "\b$printed\b", $installed }
    }
    $given | ConvertTo-Json -Depth 5 | Set-Content (Join-Path $SystemdHost.Folder given.json)
    $script = "& '$(Get-RepositoryPath tests/Pester/Recipes/invoke-recipe.ps1)' '$($SystemdHost.Folder)'"
    # The root of that host, whose home is not that of who runs the tests.
    $run = Invoke-FreshPwsh $script -Through 'nsenter', '--all', '--target', $SystemdHost.Id -Environment @{ HOME = '/root' } -ScriptFolder $SystemdHost.Folder -TimeoutSeconds 240
    $result = Join-Path $SystemdHost.Folder seen.json
    if (-not (Test-Path $result)) { throw "The host returned nothing: $($run.Output) $($run.Error)" }
    Get-Content $result -Raw | ConvertFrom-Json
}

Export-ModuleMember -Function Get-RecipeBlock, Get-InlineCommand, Get-HostHindrance, Open-SystemdHost, Close-SystemdHost, Invoke-Recipe
