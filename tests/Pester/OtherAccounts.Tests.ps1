# Root's call over other accounts' renewals. A local user owns the pair, and the script that follows a renewal: whatever that user
# writes there, it never runs as root.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
    $import = "Import-Module '$(Join-Path (Get-TestPackage) 'StepCaRenew.psd1')'"

    # A user of this machine with supplementary groups, if there is one.
    function Get-OtherAccount {
        $inGroups = Get-Content /etc/group | ForEach-Object { ($_ -split ':')[3] -split ',' } | Where-Object { $_ -and $_ -ne 'root' }
        foreach ($name in @($inGroups) + 'nobody') {
            $id = & id -u $name 2> $null
            if ($LASTEXITCODE -eq 0 -and $id -ne '0') { return $name }
        }
    }

    # Why none of these tests can run here, if so.
    function Get-Hindrance {
        if ((& id -u) -ne '0') { return 'only root can run renewals of other accounts' }
        foreach ($program in 'setsid', 'setpriv') {
            if (-not (Get-Command $program -CommandType Application -ErrorAction Ignore)) { return "$program is missing" }
        }
        # A folder that only root can enter hides the package or the certificates from the account.
        & setpriv "--reuid=$account" "--regid=$(& id -g $account)" --init-groups -- test -r (Join-Path (Get-TestPackage) 'StepCaRenew.psd1') -a -x $TestDrive
        if ($LASTEXITCODE -ne 0) { return "$account cannot read the package, or enter $TestDrive" }
    }

    # A folder that the account owns, with a pair that is due; chown is the last thing done to it.
    function New-AccountFolder {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Name)
        $own = [IO.Directory]::CreateDirectory("$folder/$Name").FullName
        Copy-Item $ca.RootPath "$own/root.crt"
        chmod 644 "$own/root.crt"
        $pair = Build-TestCertificate -Authority $authority -Folder $own -Name "$Name.local" -Age 17:00:00
        Set-Content "$own/after.ps1" "'harmless'"
        chown -R "${account}:" $own
        $pair
    }

    # The definition of a renewal that runs as another account, as Register-StepRenewalTask leaves it, but without a schedule.
    function New-OtherRenewal {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Name, [string] $RunAs = $account, [object[]] $Actions = @(@{ script = "$folder/$Name/after.ps1" }), [object[]] $OnFailure = @())
        $pair = New-AccountFolder $Name
        $renewals = [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/renewals").FullName
        $definition = @{ certificate = $pair.CertificatePath; key = $pair.KeyPath; ca = @{ url = $ca.Url; root = "$folder/$Name/root.crt" }; scope = 'Machine'; actions = $Actions; onFailure = $OnFailure }
        if ($RunAs) { $definition.runAs = $RunAs }
        Set-Content "$renewals/$Name.json" (ConvertTo-Json $definition -Depth 5)
        foreach ($kind in 'state', 'logs') {
            $own = [IO.Directory]::CreateDirectory("$env:STEPCARENEW_HOME/$kind/$Name").FullName
            if ($RunAs -eq $account) { chown "${account}:" $own }
        }
        $pair
    }

    # The user's script: it writes which account runs it, and how.
    function Set-HostileScript {
        [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
        param([string] $Name)
        # The user's own hand, and no right of root.
        $script = @"
`$folder = '$folder/$Name'
Add-Content "`$folder/uid" (& id -u)
Set-Content "`$folder/groups" (& id -G)
Get-ChildItem env: | ForEach-Object { "`$(`$_.Name)=`$(`$_.Value)" } | Set-Content "`$folder/env"
(Get-Content /proc/self/stat) -replace '^.*\) ' -split ' ' | Set-Content "`$folder/stat"
Get-ChildItem "/proc/`$((Get-Process -Id `$PID).Parent.Id)/fd" -ErrorAction Ignore | ForEach-Object LinkTarget | Set-Content "`$folder/descriptors"
"@
        $script | & setpriv "--reuid=$account" "--regid=$(& id -g $account)" --clear-groups -- tee "$folder/$Name/after.ps1" > $null
    }

    function Get-Trace {
        param([string] $Name, [string] $What = 'uid')
        Get-Content "$folder/$Name/$What"
    }

    $account = if ($IsLinux) { Get-OtherAccount }
    $hindrance = if ($IsLinux) { Get-Hindrance }
    if ($IsLinux -and -not $hindrance) {
        $uid = & id -u $account
        $ca = Open-TestCa StepCa
        if ($ca.Reason) { $hindrance = $ca.Reason } else { $authority = Get-CaAuthority $ca }
    }
}

AfterAll {
    Close-TestCa $ca
    Restore-Environment $environment
    $env:STEPCARENEW_HOME = $before.STEPCARENEW_HOME
}

Describe 'Root and the renewals of another account' {
    BeforeEach {
        if (-not $IsLinux) { return Set-ItResult -Skipped -Because 'root starts processes of other accounts on Linux' }
        if ($hindrance) { return Skip-Test -Because $hindrance }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        chmod 755 $folder
        $env:STEPCARENEW_HOME = Join-Path $folder home
    }

    It 'a user who edits the script of a registered renewal gains nothing: <Name>' -ForEach @(
        @{ Name = 'all renewals'; Call = { Invoke-StepRenewal } }
        @{ Name = '-Name'; Call = { Invoke-StepRenewal -Name db } }
        @{ Name = '-Name -Force'; Call = { Invoke-StepRenewal -Name db -Force } }
        @{ Name = 'a wildcard'; Call = { Invoke-StepRenewal -Name 'd*' } }
        @{ Name = 'the pipeline'; Call = { Get-StepRenewalTask db | Invoke-StepRenewal } }
    ) {
        $pair = New-OtherRenewal db
        Set-HostileScript db
        $serial = Get-LeafSerial $pair.CertificatePath
        $result = & $Call
        Get-Trace db | Should -BeExactly $uid
        $result.GetType().FullName | Should -BeExactly StepCaRenew.RenewalResult
        $result.Name | Should -BeExactly db
        $result.Status | Should -BeExactly Renewed
        $result.CertificatePath | Should -BeExactly $pair.CertificatePath
        $result.OldSerialNumber | Should -BeExactly $serial
        $result.SerialNumber | Should -BeExactly (Get-LeafSerial $pair.CertificatePath)
        $result.Attempts | Should -Be 1
        $result.NotAfter | Should -BeGreaterThan ([DateTime]::Now)
        # By the process of the account, and not by root.
        & stat -c %U $pair.CertificatePath "$env:STEPCARENEW_HOME/state/db/state.json" "$env:STEPCARENEW_HOME/logs/db/renewal.log" | Should -Be (@($account) * 3)
        (Get-StepRenewalTask db).LastStatus | Should -BeExactly Renewed
    }

    It 'a folder of certificates runs as the account: each certificate has its result, its state and its reports' {
        $told = "$folder/db/told"
        $first = New-OtherRenewal db -Actions @(@{ run = '/bin/sh'; arguments = '-c', 'echo "$(id -u) $STEPCARENEW_COUNT" >> "$0"', "$folder/db/acted" }) -OnFailure @{
            run = '/bin/sh'; arguments = '-c', 'echo "$(id -u) $STEPCARENEW_EVENT $STEPCARENEW_ERROR_ID $STEPCARENEW_NAME" >> "$0"', $told
        }
        $second = Build-TestCertificate -Authority $authority -Folder "$folder/db" -Name web -Age 17:00:00
        $broken = Build-TestCertificate -Authority $authority -Folder "$folder/db" -Name broken -Age 17:00:00
        chown -R "${account}:" "$folder/db"
        Move-Item $broken.KeyPath "$folder/db/away"
        # A link to a file of root: the process of the account cannot follow it.
        Copy-Item $first.CertificatePath "$folder/roots.crt"
        chmod 600 "$folder/roots.crt"
        [IO.File]::CreateSymbolicLink("$folder/db/link.crt", "$folder/roots.crt") | Out-Null
        chown -h "${account}:" "$folder/db/link.crt"
        $file = "$env:STEPCARENEW_HOME/renewals/db.json"
        $definition = Get-Content $file -Raw | ConvertFrom-Json -AsHashtable
        $definition.Remove('certificate')
        $definition.Remove('key')
        $definition.certificates = @{ path = "$folder/db"; exclude = @('root.crt') }
        Set-Content $file (ConvertTo-Json $definition -Depth 5)

        foreach ($run in 1..2) {
            $results = Invoke-StepRenewal -Name db -ErrorAction SilentlyContinue -ErrorVariable problems
            $results.Name | Should -Be db/broken, db/db.local, db/link, db/web -Because "$problems"
            $results.CertificatePath | Should -Be ('broken', 'db.local', 'link', 'web' | ForEach-Object { "$folder/db/$_.crt" })
            $results.Status | Should -Be $(if ($run -eq 1) { 'Failed', 'Renewed', 'Failed', 'Renewed' } else { 'Failed', 'NotDue', 'Failed', 'NotDue' })
            $results[0].ErrorId | Should -BeExactly KeyNotFound
        }
        Get-Content "$folder/db/acted" | Should -BeExactly "$uid 2"
        Get-Content $told | Sort-Object | Should -BeExactly "$uid failure AccessDenied db/link", "$uid failure KeyNotFound db/broken"
        & stat -c %U $first.CertificatePath $second.CertificatePath "$env:STEPCARENEW_HOME/state/db/state.json" | Should -Be (@($account) * 3)
        # The file of another account is read-only for the test.
        Remove-Item "$folder/db/link.crt", $told -Force
        Move-Item "$folder/db/away" $broken.KeyPath
        (Invoke-StepRenewal -Name db).Status | Should -Be Renewed, NotDue, NotDue
        Get-Content $told | Should -BeExactly "$uid recovery KeyNotFound db/broken"
    }

    It 'a notifier runs as the account of its renewal, once, and an error of it is that of the call' {
        $told = "$folder/db/told"
        $pair = New-OtherRenewal db -OnFailure @{ run = '/bin/sh'; arguments = '-c', 'echo "$(id -u) $STEPCARENEW_ERROR_ID" >> "$0"', $told }, @{ run = '/bin/false' }
        Rename-Item $pair.KeyPath away.key
        foreach ($run in 1..2) {
            Invoke-StepRenewal -Name db -ErrorAction SilentlyContinue -ErrorVariable problem | Out-Null
            $problem.FullyQualifiedErrorId | Should -Contain 'NotificationFailed,StepCaRenew.Cmdlets.InvokeStepRenewalCommand'
        }
        Get-Content $told | Should -BeExactly "$uid FileNotFound"
    }

    It 'a user who edits the script of a renewal that Register-StepRenewalTask -UserId made gains nothing' {
        if (-not (Get-Command unshare -CommandType Application -ErrorAction Ignore)) { return Skip-Test -Because 'unshare is missing' }
        $pair = New-AccountFolder db
        [IO.Directory]::CreateDirectory("$folder/cron.d") | Out-Null
        $mounts = [IO.FileInfo]::new('/proc/self/ns/mnt').LinkTarget
        $through = 'unshare', '--mount', '--propagation', 'private', 'sh', '-c', "mount --bind '$folder/cron.d' /etc/cron.d && exec `"`$@`"", 'sh'
        # The CA's certificate lies where the account can read it, and so does the configuration.
        $script = @"
if ([IO.FileInfo]::new('/proc/self/ns/mnt').LinkTarget -eq '$mounts') { throw 'these are the mounts of the machine' }
$import
Register-StepRenewalTask db '$($pair.CertificatePath)' -UserId $account -ScriptPath '$folder/db/after.ps1' -CaUrl $($ca.Url) -Root '$folder/db/root.crt' -Scheduler Cron -WarningAction Ignore | Out-Null
Get-Content /etc/cron.d/stepcarenew-db | Select-String $account | Out-Null
'registered'
"@
        $run = Invoke-FreshPwsh $script -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME } -Through $through
        $run.Output.Trim() | Should -BeExactly registered -Because $run.Error
        Set-HostileScript db
        Invoke-StepRenewal -Name db -Force | ForEach-Object Status | Should -BeExactly Renewed
        Invoke-StepRenewal -Force | ForEach-Object Status | Should -BeExactly Renewed
        Get-Trace db | Should -BeExactly $uid, $uid
    }

    It 'Register-StepRenewalTask -UserId checks a folder and its metrics as the account' {
        New-AccountFolder db | Out-Null
        $at = @{ UserId = $account; CaUrl = $ca.Url; Root = "$folder/db/root.crt"; Scheduler = 'Cron'; WhatIf = $true; WarningAction = 'Ignore' }
        # Only the folder of the exporter is not writable for the account.
        $textfile = [IO.Directory]::CreateDirectory("$folder/textfile").FullName
        { Register-StepRenewalTask db "$folder/db" @at -MetricsPath "$textfile/stepcarenew.prom" } | Should -Throw -ErrorId 'FolderNotWritable,*' -ExpectedMessage "*'$account', the account of the run, cannot write the metrics*$textfile*"
        { Register-StepRenewalTask db "$folder/db" @at -MetricsPath "$folder/no/stepcarenew.prom" } | Should -Throw -ErrorId 'FolderNotWritable,*' -ExpectedMessage '*does not exist*'
        chown "${account}:" $textfile
        Register-StepRenewalTask db "$folder/db" @at -MetricsPath "$textfile/stepcarenew.prom"
        chmod 700 "$folder/db"
        chown root: "$folder/db"
        { Register-StepRenewalTask db "$folder/db" @at } | Should -Throw -ErrorId 'AccessDenied,*' -ExpectedMessage "*'$account', the account of the run, cannot read*"
    }

    It 'the process has the user, the groups and a session of the account, and nothing of root' {
        New-OtherRenewal db | Out-Null
        Set-HostileScript db
        Set-Content "$folder/secret" 'of root'
        chmod 600 "$folder/secret"
        $script = "$import; Invoke-StepRenewal -Name db | ForEach-Object Status"
        $roots = @{
            STEPCARENEW_HOME = $env:STEPCARENEW_HOME; DOTNET_gcServer = '0'; LD_LIBRARY_PATH = '/nonexistent'; PSModulePath = "$folder/modules"; TMPDIR = $folder
            SECRET_OF_ROOT = 'x'; TZ = 'Europe/Berlin'; SSH_AUTH_SOCK = '/nonexistent'
        }
        # A descriptor that root's shell left open.
        $run = Invoke-FreshPwsh $script -Environment $roots -Through 'sh', '-c', "exec 7<'$folder/secret'; exec `"`$@`"", 'sh'
        $run.Output.Trim() | Should -BeExactly Renewed -Because $run.Error
        Get-Trace db | Should -BeExactly $uid
        (Get-Trace db groups) -split ' ' | Sort-Object | Should -BeExactly ((& id -G $account) -split ' ' | Sort-Object)
        $variables = Get-Trace db env
        foreach ($name in 'DOTNET_gcServer', 'LD_LIBRARY_PATH', 'TMPDIR', 'SECRET_OF_ROOT', 'SSH_AUTH_SOCK') { $variables | Should -Not -Match "^$name=" }
        $variables | Should -Not -Match ([regex]::Escape("$folder/modules"))
        $variables | Should -Contain "USER=$account"
        $variables | Should -Contain "HOME=$(((& getent passwd $account) -split ':')[5])"
        $variables | Should -Contain 'TZ=Europe/Berlin'
        $descriptors = Get-Trace db descriptors
        $descriptors | Should -Not -BeNullOrEmpty
        $descriptors | Should -Not -Contain "$folder/secret"
        # Its session is its own, and has no terminal.
        $stat = Get-Trace db stat
        $stat[3] | Should -Not -Be ((Get-Content /proc/self/stat) -replace '^.*\) ' -split ' ')[3]
        $stat[4] | Should -Be 0
    }

    It 'one process runs all renewals of an account, and root those of its own' {
        foreach ($name in 'db', 'web') {
            New-OtherRenewal $name -Actions @(@{ run = '/bin/sh'; arguments = '-c', "id -u >'$folder/$name/uid'; echo `$PPID >'$folder/$name/parent'" }) | Out-Null
        }

        New-OtherRenewal own -RunAs '' -Actions @(@{ run = '/bin/sh'; arguments = '-c', "id -u >'$folder/own.uid'" }) | Out-Null
        chown -R root: "$folder/own"
        $results = Invoke-StepRenewal -InformationVariable summary
        $results.Name | Should -BeExactly db, own, web
        $results.Status | Should -BeExactly Renewed, Renewed, Renewed
        "$summary" | Should -BeLike '*3 certificates: 3 renewed*'
        Get-Content "$folder/own.uid" | Should -Be 0
        Get-Trace db | Should -BeExactly $uid
        Get-Trace web | Should -BeExactly $uid
        Get-Trace db parent | Should -Be (Get-Trace web parent)
    }

    It 'reports warnings, failures and failed actions to root as for renewals of root' {
        New-OtherRenewal db -Actions @(@{ run = '/bin/sh'; arguments = '-c', 'echo broken; exit 3' }) | Out-Null
        $result = Invoke-StepRenewal -Name db -ErrorVariable problem -ErrorAction SilentlyContinue
        $result.Status | Should -BeExactly Renewed
        $result.ActionsPending | Should -BeTrue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ActionFailed,*'
        $run = Invoke-FreshPwsh "$import; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name db -Scheduled" -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
        $run.ExitCode | Should -Be 40

        New-OtherRenewal web | Out-Null
        chmod 622 "$folder/web/after.ps1"
        $result = Invoke-StepRenewal -Name web -ErrorVariable problem -ErrorAction SilentlyContinue
        $result | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'InsecureDefinition,*'
        $run = Invoke-FreshPwsh "$import; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Name web -Scheduled" -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
        $run.ExitCode | Should -Be 41

        Invoke-StepRenewal -Name db -Verbose -ErrorAction SilentlyContinue 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] } | Should -Not -BeNullOrEmpty
    }

    It 'asks before it changes something, and changes nothing with -WhatIf' {
        $pair = New-OtherRenewal db
        $state = Get-FileState $pair.CertificatePath, $pair.KeyPath
        $run = Invoke-FreshPwsh "$import; Invoke-StepRenewal -Name db -WhatIf | ForEach-Object Status" -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
        $run.Output | Should -BeLike "What if:*$($pair.CertificatePath)*WouldRenew*" -Because $run.Error
        Get-FileState $pair.CertificatePath, $pair.KeyPath | Should -Be $state
        "$env:STEPCARENEW_HOME/state/db/state.json" | Should -Not -Exist
    }

    It 'skips what cannot run as its account by name, and fails if it was named' {
        New-OtherRenewal gone -RunAs 'nobody-has-this-name' | Out-Null
        New-OtherRenewal db | Out-Null
        $results = Invoke-StepRenewal -WarningVariable warning -WarningAction SilentlyContinue
        $results.Name | Should -BeExactly db
        "$warning" | Should -BeLike "*gone was skipped*'nobody-has-this-name'*no such user*"
        Invoke-StepRenewal -Name gone -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem.FullyQualifiedErrorId | Should -BeLike 'OtherAccount,*'
        $run = Invoke-FreshPwsh "$import; `$ErrorActionPreference = 'Continue'; Invoke-StepRenewal -Scheduled" -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
        $run.ExitCode | Should -Be 41
        Get-LeafSerial "$folder/gone/gone.local.crt" | Should -Not -BeNullOrEmpty

        # Installed for root alone.
        $module = Join-Path $folder StepCaRenew
        Copy-Item (Get-TestPackage) $module -Recurse
        chmod 700 $module
        $run = Invoke-FreshPwsh "Import-Module '$module'; try { Invoke-StepRenewal -Name db -Force -ErrorAction Stop } catch { `"`$(`$_.FullyQualifiedErrorId) `$_`" }" -Environment @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME }
        $run.Output | Should -BeLike "OtherAccount,*cannot read the module*" -Because $run.Error
    }

    It 'ends the process of the account with the call' {
        New-OtherRenewal db -Actions @(@{ run = '/bin/sh'; arguments = '-c', "echo `$PPID >'$folder/db/parent'; exec sleep 50" }) | Out-Null
        $shell = [PowerShell]::Create()
        try {
            $shell.AddScript("$import; Invoke-StepRenewal -Name db").BeginInvoke() | Out-Null
            Wait-Until { Test-Path "$folder/db/parent" } -Seconds 30 | Should -BeTrue
            $child = Get-Trace db parent
            "/proc/$child" | Should -Exist
            $watch = [Diagnostics.Stopwatch]::StartNew()
            $shell.Stop()
            $watch.Elapsed.TotalSeconds | Should -BeLessThan 20
            Wait-Until { -not (Test-Path "/proc/$child") } -Seconds 5 | Should -BeTrue
            # The action is not lost: it is pending for the next run.
            Get-Content "$env:STEPCARENEW_HOME/state/db/pending" | Should -Not -BeNullOrEmpty
        }
        finally { $shell.Dispose() }
    }
}
