BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    $root = Get-RepositoryPath
    $scripts = Get-ChildItem $root -Recurse -Include *.ps1, *.psm1, *.psd1 |
        ForEach-Object { [IO.Path]::GetRelativePath($root, $_.FullName).Replace('\', '/') } |
        Where-Object { $_ -notmatch '(^|/)(out|bin|obj|\.git)/' } | Sort-Object
}

Describe 'PSScriptAnalyzer' {
    BeforeAll {
        Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
        $analyzer = if ($env:STEPCARENEW_ANALYZER) { $env:STEPCARENEW_ANALYZER } else { 'PSScriptAnalyzer' }
        Import-Module $analyzer -ErrorAction Ignore
        $settings = Get-RepositoryPath 'PSScriptAnalyzerSettings.psd1'
    }

    It 'finds nothing in <_>' -ForEach $scripts {
        if (-not (Get-Module PSScriptAnalyzer)) { return Set-ItResult -Skipped -Because 'PSScriptAnalyzer is not there' }
        # Pester's blocks share variables in a way that the rule can't see.
        $exclude = if ($_ -like '*.Tests.ps1') { @{ ExcludeRule = 'PSUseDeclaredVarsMoreThanAssignments' } } else { @{} }
        $found = Invoke-ScriptAnalyzer -Path (Get-RepositoryPath $_) -Settings $settings @exclude
        $found | ForEach-Object { "line $($_.Line): $($_.RuleName): $($_.Message)" } | Should -BeNullOrEmpty
    }
}
