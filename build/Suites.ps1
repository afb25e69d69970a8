# All suites, in the order in which they run; Test.ps1 and Open-SuiteLane dot-source this file. A suite has
#   Name         also what -Suite takes; 'Unit' means both 'Unit (...)'
#   Run          returns the suite's result, as New-SuiteResult makes it; $environment tells the tests about the package
#   Needs        suites that must have passed before: without a package, most have nothing to test
#   UsesSystem   the tests skip what build/prerequisites.sh finds missing
#   AtOnceWith   the suite above with which it runs at the same time: each alone leaves much of the machine idle. Their tests share
#                no files, ports or processes.
#   Extended     takes long, and runs only with -Extended or by its name. CI leaves it out.
#   Unavailable  returns why the suite cannot run here, or nothing

# Tests with hosts and daemons of their own, in mounts of their own, which mostly wait: a cron looks once a minute.
$PesterOnHosts = 'CronDaemon.Tests.ps1', 'FirstCertificate.Tests.ps1', 'Recipes.Tests.ps1', 'RootRotation.Tests.ps1'

@{
    Name = 'Package'
    Run  = {
        & (Join-Path $PSScriptRoot 'Package.ps1') -Configuration $Configuration
        New-SuiteResult -Passed 1
    }
}

# The tests of the test command itself. They come first: the other suites are only as good as it is.
@{
    Name        = 'Harness'
    Unavailable = { $pester.Reason }
    Run         = {
        Invoke-Dotnet -Name build-harness-samples -ArgumentList 'build', (Get-BuildPath 'tests/Harness/XunitSamples'), '--configuration', $Configuration
        $more = @{ STEPCARENEW_PESTER = [string] $pester.Path }
        Invoke-PesterSuite -Name harness -Pester $pester.Path -Path (Get-BuildPath 'tests/Harness') -Environment ($environment + $more)
    }
}

@{
    Name  = 'Unit (net10.0)'
    Needs = 'Package'
    Run   = {
        Invoke-XunitSuite -Name unit-net10.0 -FilePath dotnet -ArgumentList (Get-BuildPath "tests/Unit/bin/$Configuration/net10.0/StepCaRenew.Unit.dll") -Environment $environment
    }
}

# The module is built for net8.0, whose runtime often is not installed.
@{
    Name  = 'Unit (net8.0)'
    Needs = 'Package'
    Run   = {
        $program = Resolve-DotnetRuntime net8.0
        Invoke-XunitSuite -Name unit-net8.0 -FilePath $program -ArgumentList (Get-BuildPath "tests/Unit/bin/$Configuration/net8.0/StepCaRenew.Unit.dll") -Environment $environment
    }
}

@{
    Name       = 'Integration'
    Needs      = 'Package'
    UsesSystem = $true
    Run        = {
        Invoke-XunitSuite -Name integration -FilePath dotnet -ArgumentList (Get-BuildPath "tests/Integration/bin/$Configuration/net10.0/StepCaRenew.Integration.dll") -Environment $environment
    }
}

@{
    Name        = 'Pester (cmdlets)'
    Needs       = 'Package'
    UsesSystem  = $true
    Unavailable = { $pester.Reason }
    Run         = {
        $analyzer = Resolve-BuildModule PSScriptAnalyzer
        $more = @{ STEPCARENEW_ANALYZER = [string] $analyzer.Path; STEPCARENEW_ANALYZER_MISSING = [string] $analyzer.Reason }
        $files = Get-ChildItem (Get-BuildPath 'tests/Pester/*.Tests.ps1') | Where-Object Name -NotIn $PesterOnHosts | ForEach-Object FullName
        Invoke-PesterSuite -Name pester-cmdlets -Pester $pester.Path -Path $files -Environment ($environment + $more) -TimeoutSeconds 1200
    }
}

@{
    Name        = 'Pester (hosts)'
    Needs       = 'Package'
    UsesSystem  = $true
    AtOnceWith  = 'Pester (cmdlets)'
    Unavailable = { $pester.Reason }
    Run         = {
        $files = $PesterOnHosts | ForEach-Object { Get-BuildPath "tests/Pester/$_" }
        Invoke-PesterSuite -Name pester-hosts -Pester $pester.Path -Path $files -Environment $environment -TimeoutSeconds 1200
    }
}

# The module in PowerShell for Windows, under Wine: tests/Wine/README.md.
@{
    Name        = 'Wine'
    Needs       = 'Package'
    UsesSystem  = $true
    AtOnceWith  = 'Pester (cmdlets)'
    Unavailable = { Get-WineObstacle; $pester.Reason }
    Run         = { Invoke-WineSuite -Configuration $Configuration -Pester $pester.Path -Environment $environment }
}

# Registered renewals on a Debian with a running systemd, which is made with qemu. On other machines the tests skip themselves.
@{
    Name        = 'Systemd'
    Needs       = 'Package'
    UsesSystem  = $true
    Extended    = $true
    Unavailable = { $pester.Reason }
    Run         = {
        Invoke-PesterSuite -Name systemd -Pester $pester.Path -Path (Get-BuildPath 'tests/Systemd') -Environment $environment -TimeoutSeconds 2700
    }
}

# The collection in ansible/: real ansible-playbook on a host of its own, with a real step-ca and cron.
@{
    Name        = 'Ansible'
    Needs       = 'Package'
    UsesSystem  = $true
    Extended    = $true
    Unavailable = {
        if (-not (Get-Command ansible-playbook -CommandType Application -ErrorAction Ignore)) { 'there is no ansible-playbook' }
        $pester.Reason
    }
    Run         = {
        Invoke-PesterSuite -Name ansible -Pester $pester.Path -Path (Get-BuildPath 'tests/Ansible') -Environment $environment -TimeoutSeconds 2700
    }
}
