BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    $commands = Get-ModuleCommand | ForEach-Object Name
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-TestPackage
    $manifestPath = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'

    function Invoke-FreshPwsh {
        param([string] $Script)
        $pwsh, [string[]] $before = Get-PwshCommand
        $output = & $pwsh @before -NoProfile -NonInteractive -Command "`$ErrorActionPreference = 'Stop'; `$manifest = '$manifestPath'; $Script" 2>&1
        ($output -join "`n").Trim()
    }
}

Describe 'The module' {
    It 'has a valid manifest' {
        $manifest = Test-ModuleManifest $manifestPath -WarningVariable warnings
        $warnings | Should -BeNullOrEmpty
        $manifest.Version | Should -Be ([version] (Split-Path (Get-TestPackage) -Leaf))
        $manifest.Description | Should -Not -BeNullOrEmpty
        $manifest.CompatiblePSEditions | Should -Be 'Core'
        $manifest.PowerShellVersion | Should -Be '7.4'
    }

    It 'names the address of the project' {
        $address = (Test-ModuleManifest $manifestPath).ProjectUri
        $address.Scheme | Should -BeExactly 'https'
        foreach ($command in Get-ModuleCommand) { $command.HelpUri | Should -BeExactly "$address/blob/main/docs/commands/$($command.Name).md" }
    }

    It 'exports all cmdlets of its assembly by name, and nothing else' {
        $manifest = Import-PowerShellDataFile $manifestPath
        $assembly = (Get-ModuleCommand)[0].ImplementingType.Assembly
        $implemented = $assembly.GetTypes().ForEach{ $_.GetCustomAttributes([Management.Automation.CmdletAttribute], $false) }.ForEach{ "$($_.VerbName)-$($_.NounName)" }
        $manifest.CmdletsToExport | Sort-Object | Should -Be ($implemented | Sort-Object)
        Get-ModuleCommand | ForEach-Object Name | Sort-Object | Should -Be ($implemented | Sort-Object)
        $manifest.FunctionsToExport | Should -BeNullOrEmpty
        $manifest.AliasesToExport | Should -BeNullOrEmpty
        $manifest.VariablesToExport | Should -BeNullOrEmpty
    }

    It 'gives each error id a category' {
        $records = (Get-ModuleCommand)[0].ImplementingType.Assembly.GetType('StepCaRenew.Cmdlets.Support.ErrorRecords')
        $category = $records.GetMethod('CategoryOf', [Reflection.BindingFlags] 'Static, NonPublic')
        $ids = $records.GetMethod('From').GetParameters()[0].ParameterType.Assembly.GetType('StepCaRenew.ErrorId').GetFields().Name
        $ids.Count | Should -BeGreaterThan 80
        # An unexpected error can be of any kind, and so can a refusal that the CA explains in its own words.
        $without = foreach ($id in $ids) { if ($category.Invoke($null, [object[]] @($id)) -eq 'NotSpecified') { $id } }
        $without | Sort-Object | Should -BeExactly 'CaBadRequest', 'Unexpected'
    }

    It 'imports without output' {
        Invoke-FreshPwsh 'Import-Module $manifest *>&1' | Should -BeNullOrEmpty
    }

    It 'can be removed and imported again' {
        Invoke-FreshPwsh 'Import-Module $manifest; Remove-Module StepCaRenew; Import-Module $manifest; Import-Module $manifest -Force; (Get-Command -Module StepCaRenew).Count' |
            Should -Be (Get-ModuleCommand).Count
    }

    It 'can be imported into two runspaces of one process' {
        Invoke-FreshPwsh '1..2 | ForEach-Object -Parallel { Import-Module $using:manifest; (Get-Command -Module StepCaRenew).Count } | Sort-Object -Unique' |
            Should -Be (Get-ModuleCommand).Count
    }

    It 'keeps its libraries out of the default load context' {
        $ours = Get-ChildItem (Join-Path (Get-TestPackage) 'bin/lib') -Filter *.dll | ForEach-Object BaseName
        $loaded = Invoke-FreshPwsh 'Import-Module $manifest; [Runtime.Loader.AssemblyLoadContext]::Default.Assemblies.GetName().Name'
        $loaded -split "`n" | Where-Object { $_ -in $ours } | Should -BeNullOrEmpty
    }

    It 'has one help page for each cmdlet' {
        $pages = Get-ChildItem (Get-RepositoryPath 'docs/commands') -Filter *.md | ForEach-Object BaseName
        $pages | Sort-Object | Should -Be (Get-ModuleCommand | ForEach-Object Name | Sort-Object)
    }
}

Describe '<_>' -ForEach $commands {
    BeforeAll {
        $command = Get-Command $_
        $attribute = $command.ImplementingType.GetCustomAttributes([Management.Automation.CmdletAttribute], $false)[0]
    }

    It 'has an approved verb' {
        $command.Verb | Should -BeIn (Get-Verb).Verb
    }

    It 'has a noun that begins with Step' {
        $command.Noun | Should -MatchExactly '^Step[A-Z]'
    }

    It 'has tests of its own' {
        Get-RepositoryPath "tests/Pester/$($command.Name).Tests.ps1" | Should -Exist
    }

    It 'declares its output type' {
        $command.OutputType | Should -Not -BeNullOrEmpty
    }

    It 'asks for confirmation only before it changes something' {
        $changes = $command.Verb -notin 'Get', 'Test', 'Find', 'Measure', 'Show'
        $attribute.SupportsShouldProcess | Should -Be $changes
    }

    It 'has a literal path for every path' {
        if ($command.Parameters.ContainsKey('Path')) {
            $command.Parameters.Keys | Should -Contain 'LiteralPath'
            $command.Parameters['LiteralPath'].Aliases | Should -Contain 'PSPath'
        }
    }

    It 'accepts secrets only as SecureString or PSCredential' {
        $secret = $command.Parameters.Values | Where-Object { $_.Name -match 'Password$|Secret$|Passphrase$' }
        foreach ($parameter in $secret) {
            $parameter.ParameterType.Name | Should -BeIn 'SecureString', 'PSCredential' -Because "-$($parameter.Name)"
        }
    }
}
