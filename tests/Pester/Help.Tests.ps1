BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    $commands = Get-ModuleCommand | ForEach-Object Name
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-TestPackage

    $maml = [xml]::new()
    $maml.Load((Join-Path (Get-TestPackage) 'en-US/StepCaRenew.Cmdlets.dll-Help.xml'))

    # The name of an element is enough: none is used in two namespaces.
    function Select-Element {
        param($Node, [string] $Path)
        $steps = $Path -split '/' | ForEach-Object { if ($_) { "*[local-name()='$_']" } else { '' } }
        $Node.SelectNodes($steps -join '/')
    }

    function Get-DocumentedFact {
        param($Element)
        [pscustomobject]@{
            Name     = (Select-Element $Element name).InnerText
            Type     = (Select-Element $Element type/name).InnerText
            Required = $Element.required
            Position = $Element.position
            Pipeline = $Element.pipelineInput
        }
    }

    function Get-RealFact {
        param($Parameter)
        $type = [Nullable]::GetUnderlyingType($Parameter.ParameterType) ?? $Parameter.ParameterType
        $ways = @(
            if ($Parameter.ValueFromPipeline) { 'ByValue' }
            if ($Parameter.ValueFromPipelineByPropertyName) { 'ByPropertyName' }
        )
        [pscustomobject]@{
            Name     = $Parameter.Name
            Type     = $type.Name
            Required = "$($Parameter.IsMandatory)".ToLowerInvariant()
            Position = if ($Parameter.Position -ge 0) { "$($Parameter.Position)" } else { 'named' }
            Pipeline = if ($ways) { "true ($($ways -join ', '))" } else { 'false' }
        }
    }

    filter Format-Fact { "-$($_.Name) <$($_.Type)> required=$($_.Required) position=$($_.Position) pipeline=$($_.Pipeline)" }

    # -WhatIf and -Confirm are optional common parameters, and documented.
    filter Select-Own { if ($_.Name -notin [Management.Automation.PSCmdlet]::CommonParameters) { $_ } }
}

Describe 'The help files' {
    It 'are generated from the pages in docs' {
        $output = & (Get-DotnetPath) (Get-HelpBuilder) check (Get-RepositoryPath) 2>&1
        $LASTEXITCODE | Should -Be 0 -Because ($output -join "`n")
    }

    It 'are the same in the package' {
        foreach ($file in Get-ChildItem (Get-RepositoryPath 'en-US') -File) {
            (Get-FileHash (Join-Path (Get-TestPackage) 'en-US' $file.Name)).Hash | Should -Be (Get-FileHash $file).Hash -Because $file.Name
        }
    }

    It 'describe the exported cmdlets and no others' {
        $documented = Select-Element $maml //command/details/name | ForEach-Object InnerText
        $documented | Sort-Object | Should -Be (Get-ModuleCommand | ForEach-Object Name | Sort-Object)
    }

    It 'hold about_StepCaRenew, with a synopsis' {
        # Get-Help takes the fifth line.
        $lines = Get-Content (Join-Path (Get-TestPackage) 'en-US/about_StepCaRenew.help.txt')
        $lines[3] | Should -BeExactly 'SHORT DESCRIPTION'
        $lines[4].Trim() | Should -Not -BeNullOrEmpty
        (Get-Help about_StepCaRenew) | Should -Match 'about_StepCaRenew'
    }
}

Describe 'The help of <_>' -ForEach $commands {
    BeforeAll {
        $command = Get-Command $_
        $page = Select-Element $maml //command | Where-Object { (Select-Element $_ details/name).InnerText -eq $command.Name }
        $parameters = @(Select-Element $page parameters/parameter)
    }

    It 'is what Get-Help shows' {
        (Get-Help $command.Name).Synopsis | Should -BeExactly (Select-Element $page details/description/para).InnerText
    }

    It 'is opened on the web by -Online' {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'the browser of the test is a script for sh' }
        # .NET opens addresses by xdg-open; this one writes them down.
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        [IO.File]::WriteAllText("$folder/xdg-open", "#!/bin/sh`necho `"`$1`" > '$folder/opened.new'; mv '$folder/opened.new' '$folder/opened'`n")
        [IO.File]::SetUnixFileMode("$folder/xdg-open", 'UserRead, UserWrite, UserExecute')
        $before = $env:PATH
        try {
            $env:PATH = "${folder}:$before"
            Get-Help $command.Name -Online
            $watch = [Diagnostics.Stopwatch]::StartNew()
            while (-not (Test-Path "$folder/opened") -and $watch.Elapsed.TotalSeconds -lt 10) { [Threading.Thread]::Sleep(20) }
        }
        finally {
            $env:PATH = $before
        }
        Get-Content "$folder/opened" | Should -BeExactly $command.HelpUri
        Get-RepositoryPath "docs/commands/$(Split-Path $command.HelpUri -Leaf)" | Should -Exist
    }

    It 'has a synopsis and a description' {
        (Select-Element $page details/description/para).InnerText | Should -Not -BeNullOrEmpty
        Select-Element $page description/para | ForEach-Object { $_.InnerText | Should -Not -BeNullOrEmpty }
    }

    It 'has examples with titles and code' {
        $examples = @(Select-Element $page examples/example)
        $examples | Should -Not -BeNullOrEmpty
        foreach ($example in $examples) {
            (Select-Element $example title).InnerText.Trim(' -') | Should -Not -BeNullOrEmpty
            (Select-Element $example code).InnerText | Should -Not -BeNullOrEmpty
        }
    }

    It 'has examples that are valid PowerShell' {
        foreach ($code in Select-Element $page examples/example/code) {
            $errors = $null
            [Management.Automation.Language.Parser]::ParseInput($code.InnerText, [ref] $null, [ref] $errors) > $null
            $errors | Should -BeNullOrEmpty
        }
    }

    It 'uses only parameters that exist in its examples' {
        foreach ($code in Select-Element $page examples/example/code) {
            $tree = [Management.Automation.Language.Parser]::ParseInput($code.InnerText, [ref] $null, [ref] $null)
            $calls = $tree.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true)
            foreach ($call in $calls) {
                $called = Get-Command $call.GetCommandName() -Module StepCaRenew -ErrorAction Ignore
                if (-not $called) { continue }
                $used = $call.CommandElements | Where-Object { $_ -is [Management.Automation.Language.CommandParameterAst] }
                foreach ($name in $used.ParameterName) {
                    { $called.ResolveParameter($name) } | Should -Not -Throw -Because "-$name in $call"
                }
            }
        }
    }

    It 'describes each parameter, and no others' {
        $documented = $parameters | ForEach-Object { (Select-Element $_ name).InnerText }
        $real = $command.Parameters.Values | Select-Own | ForEach-Object Name
        $documented | Sort-Object | Should -Be ($real | Sort-Object)
        foreach ($parameter in $parameters) {
            Select-Element $parameter description/para | ForEach-Object { $_.InnerText | Should -Not -BeNullOrEmpty }
        }
    }

    It 'states the facts of each parameter set' {
        $documented = foreach ($item in Select-Element $page syntax/syntaxItem) {
            (Select-Element $item parameter | ForEach-Object { Get-DocumentedFact $_ } | Format-Fact | Sort-Object) -join "`n"
        }
        $real = foreach ($set in $command.ParameterSets) {
            ($set.Parameters | Select-Own | ForEach-Object { Get-RealFact $_ } | Format-Fact | Sort-Object) -join "`n"
        }
        $documented | Sort-Object | Should -Be ($real | Sort-Object)
    }

    It 'begins its syntax with the default parameter set' {
        $first = @(Select-Element $page syntax/syntaxItem)[0]
        $default = @($command.ParameterSets | Where-Object IsDefault) + @($command.ParameterSets) | Select-Object -First 1
        $documented = Select-Element $first parameter/name | ForEach-Object InnerText
        $documented | Sort-Object | Should -Be ($default.Parameters | Select-Own | ForEach-Object Name | Sort-Object)
    }

    It 'gives the facts of each parameter as in one of the sets' {
        foreach ($parameter in $parameters) {
            $documented = Get-DocumentedFact $parameter
            $real = $command.ParameterSets.Parameters | Where-Object Name -EQ $documented.Name | ForEach-Object { Get-RealFact $_ } | Format-Fact
            $documented | Format-Fact | Should -BeIn @($real)
        }
    }

    It 'names the aliases, wildcards and values of each parameter' {
        foreach ($parameter in $parameters) {
            $real = $command.Parameters[(Select-Element $parameter name).InnerText]
            $aliases = if ($real.Aliases) { $real.Aliases -join ', ' } else { 'none' }
            $parameter.aliases | Should -BeExactly $aliases -Because "-$($real.Name)"

            $wildcards = @($real.Attributes | Where-Object { $_ -is [Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
            $parameter.globbing | Should -Be "$wildcards" -Because "-$($real.Name)"

            $type = [Nullable]::GetUnderlyingType($real.ParameterType) ?? $real.ParameterType
            $values = @($real.Attributes | Where-Object { $_ -is [Management.Automation.ValidateSetAttribute] } | ForEach-Object ValidValues)
            if ($type.IsEnum) { $values = [Enum]::GetNames($type) }
            $inSyntax = @(Select-Element $page syntax/syntaxItem/parameter | Where-Object { (Select-Element $_ name).InnerText -eq $real.Name })[0]
            $documented = @(Select-Element $inSyntax parameterValueGroup/parameterValue | ForEach-Object InnerText)
            $documented -join ', ' | Should -BeExactly ($values -join ', ') -Because "-$($real.Name)"
        }
    }

    It 'links only to pages that exist' {
        $file = Get-RepositoryPath "docs/commands/$($command.Name).md"
        $links = [regex]::Matches((Get-Content $file -Raw), '\]\((?!https?:|#)([^)#]+)') | ForEach-Object { $_.Groups[1].Value }
        foreach ($link in $links) {
            Join-Path (Split-Path $file) $link | Should -Exist
        }
    }
}
