BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1

    $page = @'
# Get-Thing

## Synopsis

Gets a *thing*.

## Description

See `this`:

```powershell
Get-Thing
```

- one
- two

## Examples

### Example 1: A thing

```powershell
Get-Thing a
```

Shows it.

## Parameters

### -Path

Where it is.

```yaml
Type: String[]
Parameter sets: Path
Required: true
Position: 0
Pipeline: by value
```

### -LiteralPath

Its exact path.

```yaml
Type: String[]
Parameter sets: LiteralPath
Aliases: PSPath
Required: true
```

## Related links

- [Set-Thing](Set-Thing.md)
- [Online](https://example.org/thing)
'@

    function Initialize-Page {
        param([string] $Text = $page, [string] $Name = 'Get-Thing')
        $root = Join-Path $TestDrive ([guid]::NewGuid())
        New-Item (Join-Path $root 'docs/commands') -ItemType Directory -Force > $null
        Set-Content (Join-Path $root "docs/commands/$Name.md") $Text
        $root
    }

    function Invoke-HelpBuilder {
        $output = & (Get-DotnetPath) (Get-HelpBuilder) @args 2>&1
        [pscustomobject]@{ ExitCode = $LASTEXITCODE; Output = $output -join "`n" }
    }

    function Read-Maml {
        param([string] $Root)
        [xml] (Get-Content (Join-Path $Root 'en-US/StepCaRenew.Cmdlets.dll-Help.xml') -Raw)
    }
}

Describe 'HelpBuilder' {
    It 'writes one line of syntax for each parameter set' {
        $root = Initialize-Page
        (Invoke-HelpBuilder build $root).ExitCode | Should -Be 0
        $items = (Read-Maml $root).helpItems.command.syntax.syntaxItem
        $items[0].parameter.name | Should -Be 'Path'
        $items[0].parameter.pipelineInput | Should -Be 'true (ByValue)'
        $items[1].parameter.name | Should -Be 'LiteralPath'
        $items[1].parameter.aliases | Should -Be 'PSPath'
    }

    It 'converts Markdown to plain text, with indented code' {
        $root = Initialize-Page
        Invoke-HelpBuilder build $root
        $command = (Read-Maml $root).helpItems.command
        $command.details.description.para | Should -BeExactly 'Gets a thing.'
        $command.description.para | Should -Be "See this:`n`n    Get-Thing", "- one`n- two"
    }

    It 'adds the web address of links' {
        $root = Initialize-Page
        Invoke-HelpBuilder build $root
        (Read-Maml $root).helpItems.command.relatedLinks.navigationLink.uri | Should -Be '', 'https://example.org/thing'
    }

    It 'accepts its own output, and reports help that is older than its page' {
        $root = Initialize-Page
        Invoke-HelpBuilder build $root
        (Invoke-HelpBuilder check $root).ExitCode | Should -Be 0
        Set-Content (Join-Path $root 'docs/commands/Get-Thing.md') $page.Replace('Shows it.', 'Shows more.')
        $check = Invoke-HelpBuilder check $root
        $check.ExitCode | Should -Be 1
        $check.Output | Should -Match 'dll-Help\.xml: not what the pages'
    }

    It 'reports help without a page' {
        $root = Initialize-Page
        Invoke-HelpBuilder build $root
        Set-Content (Join-Path $root 'en-US/about_Gone.help.txt') 'gone'
        (Invoke-HelpBuilder check $root).Output | Should -Match 'about_Gone'
    }

    It 'refuses a page with <Why>' -ForEach @(
        @{ Why = 'an unknown fact'; Old = 'Position: 0'; New = 'Positon: 0'; Message = "Get-Thing\.md:\d+: unknown fact 'Positon'" }
        @{ Why = 'an unknown section'; Old = '## Related links'; New = '## Links'; Message = "unknown section 'Links'" }
        @{ Why = 'no synopsis'; Old = "## Synopsis`n`nGets a *thing*.`n"; New = ''; Message = "'## Synopsis' is missing" }
        @{ Why = 'a parameter without facts'; Old = "``````yaml`nType: String[]`nParameter sets: LiteralPath`nAliases: PSPath`nRequired: true`n``````"; New = ''; Message = '-LiteralPath has no facts' }
        @{ Why = 'a parameter without a description'; Old = 'Its exact path.'; New = ''; Message = '-LiteralPath has no description' }
        @{ Why = 'another title'; Old = '# Get-Thing'; New = '# Get-Other'; Message = "the title is 'Get-Other'" }
        @{ Why = 'a table'; Old = 'Shows it.'; New = "| a | b |`n| - | - |"; Message = 'use paragraphs, lists and code' }
    ) {
        $text = $page.ReplaceLineEndings("`n")
        $text | Should -BeLike "*$([WildcardPattern]::Escape($Old))*"
        $result = Invoke-HelpBuilder build (Initialize-Page $text.Replace($Old, $New))
        $result.ExitCode | Should -Be 1
        $result.Output | Should -Match $Message
    }

    It 'has help of its own' {
        (Invoke-HelpBuilder --help).Output | Should -Match 'Usage: HelpBuilder build\|check'
        (Invoke-HelpBuilder nonsense).ExitCode | Should -Be 2
    }
}
