# The tables, with objects of fixed numbers: each in a PowerShell of its own, since colours depend on its console.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    $manifest = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'
    $prepare = @"
Import-Module '$manifest'
[Globalization.CultureInfo]::CurrentCulture = 'en-US'
"@ + @'

function Get-One {
    param($Name = 'web', $Status = 'Valid', $Remaining = 64800, $RenewAfter = 36000, $Elapsed = 25.0, $KeyStatus = 'Matches', $Algorithm = 'EC P-256', $Lifetime = 86400)
    [pscustomobject]@{
        PSTypeName = 'StepCaRenew.Certificates.StepCertificate'; Name = $Name; Status = $Status; KeyStatus = $KeyStatus; KeyAlgorithm = $Algorithm
        RemainingSeconds = [long] $Remaining; RenewAfterSeconds = [long] $RenewAfter; LifetimeSeconds = [long] $Lifetime; ElapsedPercent = $Elapsed
    }
}
function Get-Result {
    param($Name = 'web', $Status = 'Renewed', $ErrorId, $NotAfter = '2026-11-24 16:19:02', $NextRenewal = '2026-11-24 08:01:00')
    [pscustomobject]@{
        PSTypeName = 'StepCaRenew.RenewalResult'; Name = $Name; Status = $Status; ErrorId = $ErrorId
        NotAfter = if ($NotAfter) { [datetime] $NotAfter }; NextRenewal = if ($NextRenewal) { [datetime] $NextRenewal }
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

Describe 'Tables where output is redirected' {
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
                    ascii        = '[Console]::OutputEncoding = [Text.Encoding]::ASCII; $all | Out-Default'
                }))
        $shown = Get-Section $run.Output
    }

    It 'come without an error, and without a colour' {
        $run.ExitCode | Should -Be 0
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -Not -Match "`e"
        $shown.Keys | Should -HaveCount 9
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

    It 'draw the bar in ASCII where the console has no Unicode' {
        (Get-Line $shown.ascii)[2] | Should -BeExactly 'web     Valid   18h 0m  ##----|---  25 % in 10h 0m  EC P-256, matches'
    }

    It 'fit 80 columns, keys and all, however long a name is' {
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
                'Name             Status     Valid until      Renews after     Error'
                '----             ------     -----------      ------------     -----'
                'web              Renewed    2026-11-24 16:19 2026-11-24 08:01'
                'due              WouldRenew 2026-11-24 16:19 2026-11-24 08:01'
                'broken           Failed     2026-11-24 16:19 2026-11-24 08:01 RenewalAfterExpiry'
                '                                                              Refused'
                'none             Failed                                       FileNotFound'
                'later            NotDue     2026-11-24 16:19 2026-11-24 08:01'
            ) -join "`n")
    }

    It 'wrap a long name of a result and lose nothing of it' {
        $lines = Get-Line $shown.wrapped
        ($lines | Select-Object -Skip 2 | ForEach-Object { $_.PadRight(17).Substring(0, 16).Trim() }) -join '' |
            Should -BeExactly 'a-very-long-name.of.some.host.example.com'
        $lines[2] | Should -BeLike '*Failed*KeyMismatch'
    }
}

Describe 'Tables in a terminal' {
    BeforeAll {
        # What the cmdlet does where it finds a terminal.
        $inTerminal = '$results | ForEach-Object { $_.PSTypeNames.Insert(0, "StepCaRenew.RenewalResult#Terminal"); $_ } | Out-Default'
        $pair = Build-TestCertificate -Authority (Build-TestAuthority) -Folder $TestDrive -Name 'real'
        $shown = Get-ShownInTerminal -Columns 120 -Scripts ([ordered]@{
                color   = '$PSStyle.OutputRendering = "Ansi"; $all | Out-Default'
                results = $inTerminal
                real    = "Invoke-StepRenewal -LiteralPath '$($pair.CertificatePath)' | Out-Default"
                plain   = '$PSStyle.OutputRendering = "PlainText"; $all | Out-Default'
            })
        $withoutColor = Get-ShownInTerminal -Columns 80 -Environment 'TERM=xterm-256color NO_COLOR=1' -Scripts ([ordered]@{ certificates = '$all | Out-Default'; results = $inTerminal })
    }

    BeforeEach {
        if (-not $shown) { Skip-Test -Because 'there is no program to make a terminal with' }
    }

    It 'are coloured, MISMATCH in red' {
        $shown.color | Should -Match "`e\[32mValid`e\[0m"
        $shown.color | Should -Match "`e\[33mDue`e\[0m"
        $shown.color | Should -Match "`e\[91mExpired`e\[0m"
        $shown.color | Should -Match "`e\[91mMISMATCH`e\[0m"
        $shown.results | Should -Match "`e\[91mFailed`e\[0m"
        $shown.results | Should -Match "`e\[32mRenewed`e\[0m"
        $shown.results | Should -Match "`e\[33mWouldRenew`e\[0m"
        $shown.real | Should -Match "`e\[32mNotDue`e\[0m"
    }

    It 'have a wider bar where there is room' {
        $shown.color | Should -Match "\u2501{5}\u2500{8}\u250A\u2500{6}"
    }

    It 'are plain where PowerShell is to be plain' {
        $shown.plain | Should -Match 'EC P-256, MISMATCH'
        $shown.plain | Should -Not -Match "`e\[[0-9;]*m"
    }

    It 'are plain with NO_COLOR' {
        $withoutColor.certificates | Should -Match 'EC P-256, MISMATCH'
        $withoutColor.results | Should -Match 'WouldRenew 2026'
        "$($withoutColor.Values)" | Should -Not -Match "`e\[[0-9;]*m"
    }
}
