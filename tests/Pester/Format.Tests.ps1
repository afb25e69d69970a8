# The tables, with objects of fixed numbers: each in a PowerShell of its own, since colours depend on its console.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    $manifest = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
    $prepare = @"
Import-Module '$manifest'
[Globalization.CultureInfo]::CurrentCulture = 'en-US'
"@ + @'

# The cmdlets add these names if the output is a terminal, or the console has no Unicode.
$shown = @(if (-not [Console]::IsOutputRedirected) { '#Terminal' })
function Add-Shown {
    param([hashtable] $Properties)
    $object = [pscustomobject] $Properties
    foreach ($name in $shown) { $object.PSTypeNames.Insert(0, $Properties.PSTypeName + $name) }
    $object
}
function Get-One {
    param($Name = 'web', $Status = 'Valid', $Remaining = 64800, $RenewAfter = 36000, $Elapsed = 25.0, $KeyStatus = 'Matches', $Algorithm = 'EC P-256', $Lifetime = 86400)
    Add-Shown @{
        PSTypeName = 'StepCaRenew.StepCertificate'; Name = $Name; Status = $Status; KeyStatus = $KeyStatus; KeyAlgorithm = $Algorithm
        RemainingSeconds = [long] $Remaining; RenewAfterSeconds = [long] $RenewAfter; LifetimeSeconds = [long] $Lifetime; ElapsedPercent = $Elapsed
    }
}
function Get-Result {
    param($Name = 'web', $Status = 'Renewed', $ErrorId, $NotAfter = '2026-11-24 16:19:02', $NextRenewal = '2026-11-24 08:01:00')
    Add-Shown @{
        PSTypeName = 'StepCaRenew.RenewalResult'; Name = $Name; Status = $Status; ErrorId = $ErrorId
        NotAfter = if ($NotAfter) { [datetime] $NotAfter }; NextRenewal = if ($NextRenewal) { [datetime] $NextRenewal }
    }
}
function Get-Task {
    param($Name = 'web', $Details = @(), $Status = 'NotDue', $ErrorId, $NotAfter = '2026-11-28 16:19:02', $Last = '2026-11-28 12:45:10', $Next = '2026-11-28 13:00:07')
    Add-Shown @{
        PSTypeName = 'StepCaRenew.RenewalTask'; Name = $Name; Healthy = $Details.Count -eq 0; HealthDetails = $Details; LastStatus = $Status; LastErrorId = $ErrorId
        NotAfter = if ($NotAfter) { [datetime] $NotAfter }; LastAttempt = if ($Last) { [datetime] $Last }; NextRun = if ($Next) { [datetime] $Next }
    }
}
$all = @(
    Get-One
    Get-One -Name due -Status Due -Remaining 20100 -RenewAfter -3600 -Elapsed 76.7
    Get-One -Name old -Status Expired -Remaining -5 -RenewAfter -30000 -Elapsed 100.1 -KeyStatus Mismatch
    Get-One -Name new -Status Valid -Remaining 2588400 -RenewAfter 1724400 -Elapsed 0.1 -Lifetime 2592000 -Algorithm 'RSA 2048'
    Get-One -Name brief -Status Valid -Remaining 59 -RenewAfter 19 -Elapsed 1.7 -Lifetime 60 -KeyStatus Missing
    Get-One -Name minutes -Status Valid -Remaining 3599 -RenewAfter 61 -Elapsed 50 -Lifetime 7200 -KeyStatus Unreadable
)
$results = @(
    Get-Result
    Get-Result -Name due -Status WouldRenew
    Get-Result -Name broken -Status Failed -ErrorId RenewalAfterExpiryRefused
    Get-Result -Name none -Status Failed -ErrorId FileNotFound -NotAfter '' -NextRenewal ''
    Get-Result -Name later -Status NotDue
    Get-Result -Name hook -ErrorId ActionFailed
)
$tasks = @(
    Get-Task
    Get-Task -Name mail -Details 'The last run failed.' -Status Failed -ErrorId CaUnreachable
    Get-Task -Name new -Last ''
    Get-Task -Name lost -Details 'There is no schedule.', 'Another.' -Next ''
    Get-Task -Name hook -Details 'The last run failed.' -Status Renewed -ErrorId ActionFailed
    Get-Task -Name bad -Details 'Unreadable.' -Status Failed -ErrorId FileNotFound -NotAfter ''
)

'@

    function Get-Line {
        param([string] $Text)
        $Text -split '\r?\n' | ForEach-Object TrimEnd | Where-Object { $_ }
    }

    # Runs the scripts in one PowerShell, and returns what each has shown, by its name.
    function Get-Section {
        param([string] $Text)
        $sections = @{}
        foreach ($part in $Text -split '=== (?=\w)' | Select-Object -Skip 1) {
            $name, $shown = $part -split '\r?\n', 2
            $sections[$name.Trim()] = $shown
        }
        $sections
    }

    function Join-Section {
        param([Collections.IDictionary] $Scripts)
        $prepare + (($Scripts.Keys | ForEach-Object { "'=== $_'`n$($Scripts[$_])`n" }) -join '')
    }

    # In a terminal made by util-linux' script; nothing where there is none.
    function Get-ShownInTerminal {
        param([Collections.IDictionary] $Scripts, [int] $Columns, [string] $Environment = 'TERM=xterm-256color')
        if (-not $IsLinux -or (Get-Command script, stty, timeout -CommandType Application -ErrorAction Ignore).Count -lt 3) { return }
        $file = Join-Path $TestDrive "$([Guid]::NewGuid()).ps1"
        Set-Content $file (Join-Section $Scripts)
        $call = "stty rows 40 cols $Columns; env -u NO_COLOR $Environment '$((Get-PwshCommand) -join "' '")' -NoProfile -NonInteractive -File '$file'"
        Get-Section ($null | & timeout 60 script -qec $call /dev/null | Out-String -Width 4096)
    }
}

Describe 'Tables in redirected output' {
    BeforeAll {
        $run = Invoke-FreshPwsh -Environment @{ LC_ALL = 'C.UTF-8' } -Script (Join-Section ([ordered]@{
            certificates = '$all | Out-Default'
            long         = '$all + (Get-One -Name ("long." * 20) -KeyStatus Mismatch) | Out-String -Width 80'
            empty        = 'Get-One -Lifetime 0 -Remaining 0 -RenewAfter 0 -Elapsed 100 | Out-Default'
            future       = 'Get-One -Elapsed -4.2 -Remaining 90000 -RenewAfter 61200 -Status NotYetValid | Out-Default'
            ancient      = 'Get-One -Elapsed 123456.7 -Remaining -99999999 -RenewAfter -99999999 -Status Expired | Out-Default'
            decade       = 'Get-One -Lifetime 315360000 -Remaining 315359999 -RenewAfter 210239999 -Elapsed 0 | Out-Default'
            results      = '$results | Out-String -Width 80'
            wrapped      = 'Get-Result -Name a-very-long-name.of.some.host.example.com -Status Failed -ErrorId KeyMismatch | Out-String -Width 80'
            ascii        = '$shown = "#Ascii"; Get-One | Out-Default'
            tasks        = '$tasks | Out-String -Width 80'
        }))
        $shown = Get-Section $run.Output
    }

    It 'have no error and no colour' {
        $run.ExitCode | Should -Be 0
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -Not -Match "`e"
        $shown.Keys | Should -HaveCount 10
    }

    It 'show certificates in exactly these lines' {
        $lines = Get-Line $shown.certificates
        $lines[0] -split ' +' | Should -BeExactly 'Name', 'Status', 'Left', 'Lifetime', 'Renews', 'Key'
        $plain = $lines -replace "`u{2501}", '#' -replace "`u{2500}", '-' -replace "`u{250A}", '|'
        ($plain | Select-Object -Skip 2) -join "`n" | Should -BeExactly (@(
            'web     Valid   18h 0m  ##----|---  25 % in 10h 0m  EC P-256, matches'
            'due     Due     5h 35m  #######|--  76 % now        EC P-256, matches'
            'old     Expired none    ######|### 100 % overdue    EC P-256, MISMATCH'
            'new     Valid   29d 23h ------|---   0 % in 19d 23h RSA 2048, matches'
            'brief   Valid   59s     ---|------   1 % in 19s     EC P-256, MISSING'
            'minutes Valid   59m 59s #####|----  50 % in 1m 1s   EC P-256, UNREADABLE'
        ) -join "`n")
    }

    It 'draw the bar in ASCII if the console has no Unicode' {
        (Get-Line $shown.ascii)[2] | Should -BeExactly 'web  Valid  18h 0m ##----|---  25 % in 10h 0m EC P-256, matches'
    }

    It 'fit 80 columns for any length of a name, with the keys' {
        $lines = Get-Line $shown.long
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines[0] | Should -BeLike '*Key'
        $lines[8] | Should -BeLike 'long.long*... Valid *EC P-256, MISMATCH'
    }

    It 'survive odd numbers: <_>' -ForEach 'empty', 'future', 'ancient', 'decade' {
        $lines = Get-Line $shown[$_]
        $lines | Should -HaveCount 3
        $lines[2] | Should -Match '^web +\w+ .* %.*EC P-256, matches$'
    }

    It 'show results in exactly these lines' {
        (Get-Line $shown.results) -join "`n" | Should -BeExactly (@(
            'Status     Valid until         Renews after        Name           Error'
            '------     -----------         ------------        ----           -----'
            'Renewed    2026-11-24T16:19:02 2026-11-24T08:01:00 web'
            'WouldRenew 2026-11-24T16:19:02 2026-11-24T08:01:00 due'
            'Failed     2026-11-24T16:19:02 2026-11-24T08:01:00 broken         RenewalAfterEx'
            '                                                                  piryRefused'
            'Failed                                             none           FileNotFound'
            'NotDue     2026-11-24T16:19:02 2026-11-24T08:01:00 later'
            'Renewed    2026-11-24T16:19:02 2026-11-24T08:01:00 hook           ActionFailed'
        ) -join "`n")
    }

    It 'wrap a long name of a result and lose nothing of it' {
        $lines = Get-Line $shown.wrapped
        ($lines | Select-Object -Skip 2 | ForEach-Object { $_.PadRight(80).Substring(51, 14).Trim() }) -join '' |
            Should -BeExactly 'a-very-long-name.of.some.host.example.com'
        $lines[2] | Should -BeLike 'Failed*KeyMismatch'
    }

    It 'show tasks in exactly these lines of 80 columns, with name, health, next run, end and last result' {
        (Get-Line $shown.tasks) -join "`n" | Should -BeExactly (@(
            'Name Health    Next run    Valid until      Last result'
            '---- ------    --------    -----------      -----------'
            'web  healthy   11-28 13:00 2026-11-28 16:19 NotDue'
            'mail UNHEALTHY 11-28 13:00 2026-11-28 16:19 CaUnreachable'
            'new  healthy   11-28 13:00 2026-11-28 16:19 never ran'
            'lost UNHEALTHY none        2026-11-28 16:19 There is no schedule.'
            'hook UNHEALTHY 11-28 13:00 2026-11-28 16:19 ActionFailed'
            'bad  UNHEALTHY 11-28 13:00 unreadable       FileNotFound'
        ) -join "`n")
    }
}

Describe 'Tables in a terminal' {
    BeforeAll {
        # The cmdlet adds this name for a terminal.
        $long = 'a-long-name.of.some.host.example.com'
        $inTerminal = '$results | Out-Default'
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder $TestDrive -Name 'real'
        $other = Build-TestCertificate -Authority (Build-TestAuthority) -Folder $TestDrive -Name 'other'
        $shown = Get-ShownInTerminal -Columns 120 -Scripts ([ordered]@{
            color   = '$PSStyle.OutputRendering = "Ansi"; $all | Out-Default'
            results = $inTerminal
            real    = "Invoke-StepRenewal -LiteralPath '$($pair.CertificatePath)' | Out-Default"
            tasks   = '$tasks | Out-Default'
            match   = "Get-StepCertificate '$($pair.CertificatePath)' | Out-Default"
            other   = "Get-StepCertificate '$($pair.CertificatePath)' '$($other.KeyPath)' | Out-Default"
            wide    = "Get-Result '$long' | Out-Default; Get-Task '$long' | Out-Default; Get-One '$long' | Out-Default"
            plain   = '$PSStyle.OutputRendering = "PlainText"; $all | Out-Default'
        })
        $withoutColor = Get-ShownInTerminal -Columns 80 -Environment 'TERM=xterm-256color NO_COLOR=1' -Scripts ([ordered]@{ certificates = '$all | Out-Default'; results = $inTerminal; tasks = '$tasks + (Get-Task "a-very-long-name.of.some.host.example.com") | Out-Default' })
    }

    BeforeEach {
        if (-not $shown) { Skip-Test -Because 'there is no program to make a terminal with' }
    }

    It 'are coloured, MISMATCH in red' {
        $shown.color | Should -Match "`e\[32mValid`e\[0m"
        $shown.color | Should -Match "`e\[33mDue`e\[0m"
        $shown.color | Should -Match "`e\[91mExpired`e\[0m"
        $shown.color | Should -Match "`e\[91mEC P-256, MISMATCH`e\[0m"
        $shown.results | Should -Match "`e\[91mFailed`e\[0m"
        $shown.results | Should -Match "`e\[32mRenewed`e\[0m"
        $shown.results | Should -Match "`e\[33mWouldRenew`e\[0m"
        $shown.real | Should -Match "`e\[32mNotDue`e\[0m"
    }

    It 'show a row in red if anything is wrong with it, and never a green word next to a red one' {
        foreach ($name in 'color', 'results', 'tasks', 'match', 'other') {
            $lines = $shown[$name] -split '\r?\n'
            @($lines) -match "`e\[32m" -match "`e\[91m" | Should -BeNullOrEmpty -Because $name
        }
        # All words of such a row are red.
        foreach ($row in @(@($shown.color -split '\n') -match 'MISMATCH') + @(@($shown.other -split '\n') -match 'MISMATCH') + @(@($shown.tasks -split '\n') -match 'CaUnreachable') + @(@($shown.results -split '\n') -match 'hook')) {
            $row -replace "`e\[91m[^`e]*`e\[0m" | Should -Match '^\s*$'
        }
        @($shown.color -split '\n') -match 'MISMATCH' | Should -HaveCount 1
        $shown.other | Should -Match "`e\[91mValid`e\[0m"
        $shown.match | Should -Match "`e\[32mValid`e\[0m"
    }

    It 'show the whole of a long name if there is room' {
        [regex]::Matches($shown.wide, [regex]::Escape($long)).Count | Should -Be 3
    }

    It 'fit 80 columns, with the last result of a task' {
        $lines = @($withoutColor.tasks -split '\r?\n' | ForEach-Object TrimEnd)
        ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 80
        $lines -match '^a-very-long-name\.\S*\.\.\. +healthy +11-28 13:00 2026-11-28 16:19 NotDue$' | Should -HaveCount 1
    }

    It 'have a wider bar if there is room' {
        $shown.color | Should -Match "\u2501{5}\u2500{8}\u250A\u2500{6}"
    }

    It 'are plain if PowerShell is set to plain text' {
        $shown.plain | Should -Match 'EC P-256, MISMATCH'
        $shown.plain | Should -Not -Match "`e\[[0-9;]*m"
    }

    It 'are plain with NO_COLOR' {
        $withoutColor.certificates | Should -Match 'EC P-256, MISMATCH'
        $withoutColor.results | Should -Match 'WouldRenew 2026'
        "$($withoutColor.Values)" | Should -Not -Match "`e\[[0-9;]*m"
    }
}

Describe 'Times and tables in other cultures and language modes' {
    BeforeAll {
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder ([IO.Directory]::CreateDirectory((Join-Path $TestDrive cultures)).FullName) -Name web.local
        $other = Build-TestCertificate -Authority (Build-TestAuthority) -Folder ([IO.Directory]::CreateDirectory((Join-Path $TestDrive cultures/other)).FullName) -Name web.local
        $script = @"
Import-Module '$manifest'
[Globalization.CultureInfo]::CurrentCulture.Calendar.GetType().Name | Out-Host
"@ + @'

__MODE__
Write-Host '=== certificate'; Get-StepCertificate '__CRT__' | Out-Host
Write-Host '=== list'; Get-StepCertificate '__CRT__' | Format-List | Out-Host
Write-Host '=== result'; $result = Invoke-StepRenewal '__CRT__'; $result | Out-Host
Write-Host '=== resultList'; $result.Message | Out-Host; $result | Format-List | Out-Host
Write-Host '=== pair'; Test-StepCertificatePair '__CRT__' '__KEY__' -Detailed | Out-Host
Write-Host '=== mismatch'; Invoke-StepRenewal '__CRT__' '__KEY__' -ErrorAction SilentlyContinue -ErrorVariable problem | Out-Null; $problem[0].Exception.Message | Out-Host
Write-Host '=== asked'; Invoke-StepRenewal '__CRT__' -Force -WhatIf | Out-Null
Write-Host '=== errors'; $Error | Where-Object { $_.FullyQualifiedErrorId -notlike 'KeyMismatch*' } | ForEach-Object { "$_" } | Out-Host
'@.Replace('__CRT__', $pair.CertificatePath).Replace('__KEY__', $other.KeyPath)

        function Get-Told {
            param([string] $Culture, [string] $Mode = '')
            $run = Invoke-FreshPwsh -Environment @{ LC_ALL = "$Culture.UTF-8"; NO_COLOR = '1' } -Script $script.Replace('__MODE__', $Mode)
            $run.Error | Should -BeNullOrEmpty
            $told = Get-Section $run.Output
            $told.Calendar = ($run.Output -split '\r?\n')[0]
            # Times change between two calls.
            $told.certificate = $told.certificate -replace '\d+h \d+m|\d+m \d+s|\d+s|\d+ %|[\u2500-\u254b]+', '*'
            $told.list = $told.list -replace '(Seconds|Percent)( *: )[^\r\n]+', '$1$2*'
            foreach ($name in 'result', 'resultList') { $told[$name] = $told[$name] -replace 'DurationMs( *: )\d+', 'DurationMs$1*' -replace ', in [\dhms ]+\.', ', in *.' }
            $told
        }

        # Format-List breaks long values between words in a few languages only, and in all others within a word.
        function Get-Unwrapped {
            param([string] $Name, [string] $Text)
            if ($Name -in 'list', 'resultList', 'pair') { $Text -replace '\s+' } else { $Text }
        }
        $usual = Get-Told en_US
    }

    It 'shows Gregorian times in tables, lists and messages' {
        $year = [datetime]::Now.Year
        foreach ($name in 'list', 'result', 'resultList', 'pair', 'mismatch', 'asked') { $usual[$name] | Should -Match "\b($year|$($year + 1))-\d\d-\d\d[T ]\d\d:\d\d:\d\d" -Because $name }
        $usual.certificate | Should -Match 'web\.local +Valid .*matches'
        $usual.errors.Trim() | Should -BeNullOrEmpty
    }

    It 'says the same in <_>' -ForEach 'th_TH', 'fa_IR', 'ar_SA' {
        $told = Get-Told $_
        if ($told.Calendar -eq 'GregorianCalendar') { return Skip-Test -Because 'this PowerShell has no data of cultures' }
        foreach ($name in $usual.Keys -ne 'Calendar') { Get-Unwrapped $name $told[$name] | Should -BeExactly (Get-Unwrapped $name $usual[$name]) -Because $name }
    }

    It 'says the same in <Name>' -ForEach @(
        @{ Name = 'the constrained language mode'; Mode = '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"' }
        @{ Name = 'the strict mode'; Mode = 'Set-StrictMode -Version Latest' }
    ) {
        $told = Get-Told th_TH $Mode
        foreach ($name in $usual.Keys -ne 'Calendar') { Get-Unwrapped $name $told[$name] | Should -BeExactly (Get-Unwrapped $name $usual[$name]) -Because $name }
    }

    It 'draws the bar in ASCII if the console has no Unicode, by Get-StepCertificate itself' {
        $run = Invoke-FreshPwsh -Environment @{ NO_COLOR = '1' } -Script "Import-Module '$manifest'; [Console]::OutputEncoding = [Text.Encoding]::ASCII; Get-StepCertificate '$($pair.CertificatePath)'"
        $run.Output | Should -Match '[#-]+\|[#-]+ +\d+ %'
    }

    It 'has no type literal in its format file' {
        $text = Get-Content (Join-Path (Get-TestPackage) StepCaRenew.Format.ps1xml) -Raw
        foreach ($block in [regex]::Matches($text, '(?s)<ScriptBlock>(.*?)</ScriptBlock>')) {
            $tokens = $errors = $null
            $tree = [Management.Automation.Language.Parser]::ParseInput([Net.WebUtility]::HtmlDecode($block.Groups[1].Value), [ref] $tokens, [ref] $errors)
            $errors | Should -BeNullOrEmpty
            $tree.FindAll({ $args[0] -is [Management.Automation.Language.TypeExpressionAst] -or $args[0] -is [Management.Automation.Language.TypeConstraintAst] }, $true) | Should -BeNullOrEmpty
        }
    }
}
