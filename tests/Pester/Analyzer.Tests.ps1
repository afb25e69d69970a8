BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    $root = Get-RepositoryPath
    # Not into out: a Wine prefix there has links to the root of the machine, and other suites write there at the same time.
    $scripts = Get-ChildItem $root | Where-Object Name -NE out | ForEach-Object { $_; if ($_.PSIsContainer) { Get-ChildItem -LiteralPath $_ -Recurse } } |
        Where-Object Extension -In '.ps1', '.psm1', '.psd1' |
        ForEach-Object { [IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/') } |
        Where-Object { $_ -notmatch '(^|/)(out|bin|obj|\.git)/' } | Sort-Object
    # A missing linter is reported once, and not for each script.
    $analyzer = if ($env:STEPCARENEW_ANALYZER) { $env:STEPCARENEW_ANALYZER } else { 'PSScriptAnalyzer' }
    $isMissing = -not (Get-Module -ListAvailable $analyzer)
}

Describe 'PSScriptAnalyzer' {
    BeforeAll {
        Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
        $analyzer = if ($env:STEPCARENEW_ANALYZER) { $env:STEPCARENEW_ANALYZER } else { 'PSScriptAnalyzer' }
        if (Get-Module -ListAvailable $analyzer) { Import-Module $analyzer }
        $settings = Get-RepositoryPath 'PSScriptAnalyzerSettings.psd1'
    }

    if ($isMissing) {
        # A registry without a linter is not a fault of the module, so even a strict run does not fail.
        It 'finds nothing in any script' {
            Set-ItResult -Skipped -Because ($env:STEPCARENEW_ANALYZER_MISSING ? $env:STEPCARENEW_ANALYZER_MISSING : 'PSScriptAnalyzer is not installed')
        }
        return
    }

    It 'finds nothing in <_>' -ForEach $scripts {
        # Pester's blocks share variables in a way that the rule can't see.
        $exclude = if ($_ -like '*.Tests.ps1') { @{ ExcludeRule = 'PSUseDeclaredVarsMoreThanAssignments' } } else { @{} }
        $found = Invoke-ScriptAnalyzer -Path (Get-RepositoryPath $_) -Settings $settings @exclude
        $found | ForEach-Object { "line $($_.Line): $($_.RuleName): $($_.Message)" } | Should -BeNullOrEmpty
    }
}
