@{
    Severity     = @('Error', 'Warning', 'Information')
    IncludeRules = @('*')
    # Both rules look for folders Examples and Tests in the folder of the module, and all of that folder goes to its users. The tests of the
    # classes are in tests/Pester, and their examples in docs/dsc.md.
    ExcludeRules = @('PSDSCDscExamplesPresent', 'PSDSCDscTestsPresent')
    Rules        = @{
        PSAvoidUsingPositionalParameters = @{ Enable = $true; CommandAllowList = @('Join-Path') }
        PSPlaceOpenBrace                 = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $false }
        PSPlaceCloseBrace                = @{ Enable = $true; NoEmptyLineBefore = $true; NewLineAfter = $true; IgnoreOneLineBlock = $true }
        PSUseConsistentIndentation       = @{ Enable = $true; Kind = 'space'; IndentationSize = 4; PipelineIndentation = 'IncreaseIndentationForFirstPipeline' }
        PSAvoidTrailingWhitespace        = @{ Enable = $true }
    }
}
