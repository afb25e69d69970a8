# The suites of the copies that Harness.Tests.ps1 makes, in place of build/Suites.ps1.
$samples = $env:STEPCARENEW_SAMPLES

function Invoke-SamplePester($Name) {
    Invoke-PesterSuite -Name $Name -Pester $env:STEPCARENEW_PESTER -Path (Get-BuildPath "tests/$Name") -Environment $environment
}

function Invoke-SampleXunit($Name, $Class = $Name, $DiesBy = '') {
    Invoke-XunitSuite -Name $Name -FilePath dotnet -ArgumentList $samples, '-class', "*.$Class" -Environment @{ HARNESS_SAMPLE_DIES_BY = $DiesBy }
}

foreach ($folder in Get-ChildItem (Get-BuildPath 'tests') -Directory) {
    @{ Name = $folder.Name; Run = { Invoke-SamplePester $item.Name } }
}
@{ Name = 'Green'; Run = { Invoke-SampleXunit Green } }
@{ Name = 'Red'; Run = { Invoke-SampleXunit Red } }
@{ Name = 'Untidy'; Run = { Invoke-SampleXunit Untidy } }
@{ Name = 'NoClass'; Run = { Invoke-SampleXunit NoClass } }
@{ Name = 'KilledXunit'; Run = { Invoke-SampleXunit KilledXunit -Class Dying -DiesBy signal } }
@{ Name = 'ExitedXunit'; Run = { Invoke-SampleXunit ExitedXunit -Class Dying -DiesBy exit } }
@{ Name = 'CrashedXunit'; Run = { Invoke-SampleXunit CrashedXunit -Class Dying -DiesBy crash } }
# All tests pass, and the program fails after them.
@{ Name = 'BadEnd'; Run = { Invoke-XunitSuite -Name badend -FilePath bash -ArgumentList '-c', 'dotnet "$0" "$@"; exit 3', $samples, '-class', '*.Green' } }
@{
    Name = 'Torn'
    Run  = { Invoke-XunitSuite -Name torn -FilePath bash -ArgumentList '-c', 'dotnet "$0" "$@"; truncate -s -20 out/results/torn.xml', $samples, '-class', '*.Green' }
}
# The results of one class, and the log of more.
@{ Name = 'FewerXunit'; Run = { Invoke-XunitSuite -Name FewerXunit -FilePath bash -ArgumentList '-c', 'dotnet "$0" "$@"; dotnet "$0" -class "*.Red" -method "*.Passes" -result-xml out/results/FewerXunit.xml >/dev/null; exit 0', $samples, '-class', '*.Green' } }
@{ Name = 'Endless'; Run = { Invoke-SuiteProcess -Name endless -FilePath sleep -ArgumentList 60 -ResultFile (Get-BuildPath 'out/results/endless') -Read { } -ReadLog { New-SuiteResult } -TimeoutSeconds 1 } }
# A suite of two parts, of which one hangs.
@{
    Name = 'Parts'
    Run  = {
        Merge-SuiteResult @(
            New-SuiteResult -Passed 2 -Skipped 1 -Skips 'dark'
            Invoke-SuiteProcess -Name parts -FilePath sleep -ArgumentList 60 -ResultFile (Get-BuildPath 'out/results/parts') -Read { } -ReadLog { New-SuiteResult -Passed 1 } -TimeoutSeconds 1)
    }
}
@{ Name = 'TwoFolders'; Run = { Invoke-PesterSuite -Name two -Pester $env:STEPCARENEW_PESTER -Path (Get-BuildPath 'tests/good'), (Get-BuildPath 'tests/skips') -Environment $environment } }
@{ Name = 'Missing'; Run = { Invoke-XunitSuite -Name missing -FilePath no-such-program } }
@{ Name = 'Throws'; Run = { New-SuiteResult -Passed 5; throw 'The suite broke.' } }
@{ Name = 'NoResult'; Run = { } }
@{ Name = 'Package'; Run = { throw 'There is no package.' } }
@{ Name = 'AfterPackage'; Needs = 'Package'; Run = { New-SuiteResult -Passed 1 } }
@{ Name = 'Absent'; Unavailable = { 'a module is missing' }; Run = { New-SuiteResult -Passed 1 } }
@{ Name = 'Plain'; UsesSystem = $true; Run = { New-SuiteResult -Passed 1 } }
@{ Name = 'Long'; Extended = $true; Run = { New-SuiteResult -Passed 7 -Skipped 1 -Skips "extended: $($environment.STEPCARENEW_EXTENDED)" } }

# Suites that run at the same time: each leaves a file and waits for that of the other.
function Invoke-Meeting($Own, $Other) {
    $folder = Get-BuildPath 'out'
    Invoke-SuiteProcess -Name "meet-$Own" -FilePath bash -ResultFile (Get-BuildPath "out/results/meet-$Own") -Read { New-SuiteResult -Passed 1 } -ReadLog { New-SuiteResult } -ArgumentList @(
        '-c', 'touch "$0/$1"; for i in {1..300}; do [ -e "$0/$2" ] && break; sleep 0.1; done; [ -e "$0/$2" ] && touch "$0/results/meet-$1"', $folder, $Own, $Other)
}
@{ Name = 'Meet (a)'; Run = { Invoke-Meeting a b } }
@{ Name = 'Meet (b)'; AtOnceWith = 'Meet (a)'; Run = { Invoke-Meeting b a } }
@{ Name = 'Mixed (a)'; Run = { [Threading.Thread]::Sleep(1500); New-SuiteResult -Passed 1 -Skipped 1 -Skips 'dark' } }
@{ Name = 'Mixed (b)'; AtOnceWith = 'Mixed (a)'; Run = { throw 'This one broke.' } }
@{ Name = 'Mixed (c)'; AtOnceWith = 'Mixed (a)'; Run = { New-SuiteResult -Passed 2 -Skipped 1 -Skips 'dark' } }
@{ Name = 'Mixed (d)'; AtOnceWith = 'Mixed (a)'; Needs = 'Mixed (b)'; Run = { New-SuiteResult -Passed 4 } }
@{ Name = 'Hangs (a)'; Run = { New-SuiteResult -Passed 3 } }
@{
    Name       = 'Hangs (b)'
    AtOnceWith = 'Hangs (a)'
    Run        = {
        $file = Get-BuildPath 'out/hangs'
        Invoke-SuiteProcess -Name hangs -FilePath bash -ArgumentList '-c', 'sleep 60 & echo $! >"$0"; wait', $file -ResultFile "$file.results" -Read { } -ReadLog { New-SuiteResult } -TimeoutSeconds 1
    }
}
foreach ($part in 'a', 'b') {
    @{
        Name   = "Stopped ($part)"
        AtOnceWith = if ($part -eq 'b') { 'Stopped (a)' }
        Run    = {
            $own = Get-BuildPath "out/stopped-$([Guid]::NewGuid())"
            Invoke-SuiteProcess -Name "stopped$($own.GetHashCode())" -FilePath bash -ArgumentList '-c', 'echo $$ >"$0"; sleep 100 & wait', $own -ResultFile "$own.results" -Read { } -ReadLog { New-SuiteResult }
        }
    }
}
