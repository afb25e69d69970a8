# The command resource StepCaRenew/RenewalTask of DSC v3, started as dsc starts it: by its manifest, in its folder.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    # The published schema is not part of this repository; to validate with it too, name its file.
    $schemas = @(Get-RepositoryPath tests/Pester/Dsc/manifest.schema.json; $env:STEPCARENEW_DSC_MANIFEST_SCHEMA) | Where-Object { $_ }
}

BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $manifestPath = Join-Path (Get-TestPackage) 'dsc/RenewalTask.dsc.resource.json'
    $manifest = Get-Content $manifestPath -Raw | ConvertFrom-Json -AsHashtable
    $embedded = $manifest.schema.embedded
    $schema = $embedded | ConvertTo-Json -Depth 30
    $ca = Open-TestCa DevCa
    if (-not $ca.Reason) { $authority = Get-CaAuthority $ca }

    function Get-Listing {
        Get-ChildItem $folder -Recurse -Force | ForEach-Object { "$($_.FullName) $($_.LastWriteTimeUtc.Ticks) $(if ($_ -is [IO.FileInfo]) { (Get-FileHash $_.FullName).Hash })" }
    }

    # Runs an operation as dsc does. Each line of both outputs must be JSON, and a state must match the schema.
    function Invoke-Resource {
        param([string] $Operation, $Instance, [string[]] $Through = @(), [hashtable] $Environment = @{}, [switch] $Raw)
        $method = $manifest[$Operation]
        $pwsh = @(Get-PwshCommand)
        $command = @($Through) + $pwsh + $method.args
        $start = [Diagnostics.ProcessStartInfo]::new($command[0])
        foreach ($argument in $command | Select-Object -Skip 1) { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.WorkingDirectory = Split-Path $manifestPath
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $start.StandardInputEncoding = $start.StandardOutputEncoding = $start.StandardErrorEncoding = [Text.UTF8Encoding]::new($false)
        $process = [Diagnostics.Process]::Start($start)
        try {
            $output, $errors = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
            $process.StandardInput.Write($(if ($Raw) { $Instance } elseif ($Instance) { $Instance | ConvertTo-Json -Depth 6 -Compress }))
            $process.StandardInput.Close()
            if (-not $process.WaitForExit(60000)) { $process.Kill($true); throw "$Operation did not end." }
            $lines, $messages = $output.Result, $errors.Result | ForEach-Object { , @($_ -split '\r?\n' | Where-Object { $_ }) }
            foreach ($line in $lines | Where-Object { $_[0] -eq '{' }) { Test-Json -Json $line -Schema $schema -ErrorAction Stop | Should -BeTrue }
            $found = @{ warn = @(); error = @(); info = @(); debug = @() }
            foreach ($message in $messages | ConvertFrom-Json -AsHashtable) { foreach ($level in $message.Keys) { $found[$level] += $message[$level] } }
            [pscustomobject]@{
                ExitCode = $process.ExitCode
                State    = if ($lines.Count) { $lines[0] | ConvertFrom-Json -DateKind String }
                Changed  = if ($lines.Count -gt 1) { [string[]] ($lines[1] | ConvertFrom-Json) }
                Lines    = $lines
                Errors   = $found.error
                Warnings = $found.warn
                Messages = $messages
            }
        }
        finally {
            $process.Dispose()
        }
    }

    # A set as dsc does it: the state before, the set, the state after.
    function Invoke-Set {
        param($Instance)
        $old = Invoke-Resource get $Instance
        $set = Invoke-Resource set $Instance
        $new = Invoke-Resource get $Instance
        [pscustomobject]@{ Before = $old.State; After = $new.State; Set = $set }
    }
}

AfterAll {
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'The manifest' {
    It 'passes the schema <_>' -ForEach $schemas {
        Test-Json -Path $manifestPath -SchemaFile $_ | Should -BeTrue
    }

    It 'is refused by that schema if <What>' -ForEach @(
        @{ What = 'set has an argument for what-if'; Change = { $args[0].set.args += @{ whatIfArg = '-WhatIf' } } }
        @{ What = 'whatIf returns nothing'; Change = { $args[0].whatIf.Remove('return') } }
        @{ What = 'the type has no namespace'; Change = { $args[0].type = 'RenewalTask' } }
        @{ What = 'the version is not a semantic one'; Change = { $args[0].version = '0.1' } }
        @{ What = 'export has no input'; Change = { $args[0].export.Remove('input') } }
        @{ What = 'the embedded schema does not say which draft it is'; Change = { $args[0].schema.embedded.Remove('$schema') } }
        @{ What = '_exist is described here'; Change = { $args[0].schema.embedded.properties._exist = @{ type = 'boolean' } } }
    ) {
        foreach ($schemaFile in @(Get-RepositoryPath tests/Pester/Dsc/manifest.schema.json; $env:STEPCARENEW_DSC_MANIFEST_SCHEMA) | Where-Object { $_ }) {
            $copy = Get-Content $manifestPath -Raw | ConvertFrom-Json -AsHashtable
            & $Change $copy
            Test-Json -Json ($copy | ConvertTo-Json -Depth 30) -SchemaFile $schemaFile -ErrorAction SilentlyContinue | Should -BeFalse -Because $schemaFile
        }
    }

    It 'has the version of the module, and starts a script that exists' {
        $manifest.version | Should -BeExactly (Import-PowerShellDataFile (Join-Path (Get-TestPackage) StepCaRenew.psd1)).ModuleVersion
        foreach ($operation in 'get', 'set', 'test', 'whatIf', 'export') {
            $manifest[$operation].executable | Should -BeExactly pwsh
            $manifest[$operation].args | Should -BeExactly '-NoLogo', '-NoProfile', '-NonInteractive', '-File', './RenewalTask.ps1', $operation
        }
        Join-Path (Split-Path $manifestPath) RenewalTask.ps1 | Should -Exist
    }

    It 'has the parameters of Register-StepRenewalTask as properties, and facts that are read-only' {
        $common = [Management.Automation.PSCmdlet]::CommonParameters + [Management.Automation.PSCmdlet]::OptionalCommonParameters
        # A monitor's address is a secret, a password cannot be in JSON, and the rest is not part of what is registered.
        $others = 'HealthCheckUri', 'Credential', 'Plan', 'AsText', 'RunNow', 'UseToken'
        $parameters = (Get-Command Register-StepRenewalTask).Parameters.Keys | Where-Object { $_ -notin $common -and $_ -notin $others }
        $own = $embedded.properties.Keys | Where-Object { $_[0] -ne '_' -and -not $embedded.properties[$_]['readOnly'] -and $_ -ne 'healthCheckUriFile' }
        $own | Sort-Object | Should -Be ($parameters | Sort-Object)
    }

    It 'allows the values that definitions allow' {
        $definition = Get-Content (Join-Path (Get-TestPackage) renewal.schema.json) -Raw | ConvertFrom-Json -AsHashtable
        # Every property of a definition, and where it is here. One that is new in definitions is missing in this list.
        $same = @{
            name = 'name'; scope = 'scope'; certificate = 'certificatePath'; key = 'keyPath'; keyPasswordFile = 'keyPasswordFile'; rekey = 'rekey'; keyAlgorithm = 'keyAlgorithm'; interval = 'interval'
            actionTimeout = 'actionTimeout'; servedBy = 'servedBy'; servedTimeout = 'servedTimeout'; lockTimeout = 'lockTimeout'; retryTimeout = 'retryTimeout'; followRoots = 'followRoots'
            healthCheckUriFile = 'healthCheckUriFile'; logPath = 'logPath'; metricsPath = 'metricsPath'
        }
        $parts = @{
            'certificates.path' = 'certificatePath'; 'certificates.exclude' = 'exclude'; 'certificates.recurse' = 'recurse'; 'certificates.followSymlink' = 'followSymlink'
            'ca.url' = 'caUrl'; 'ca.root' = 'root'; 'ca.stepPath' = 'stepPath'; 'ca.context' = 'context'; 'ca.transport' = 'transport'; 'when.expiresIn' = 'expiresIn'; 'when.renewAt' = 'renewAt'
        }
        $other = '$schema', 'certificates', 'ca', 'when', 'runAs', 'runAsSid', 'scheduler', 'pwsh', 'module', 'publications', 'actions', 'onFailure'
        $definition.properties.Keys | Sort-Object | Should -Be (@($same.Keys) + $other | Sort-Object)
        $found = 'certificates', 'ca', 'when' | ForEach-Object { $group = $_; $definition.properties[$_].properties.Keys | ForEach-Object { "$group.$_" } }
        $found | Sort-Object | Should -Be (@($parts.Keys) + 'ca.fingerprint', 'ca.useToken' | Sort-Object)
        $pairs = @(
            $same.Keys | ForEach-Object { , @($definition.properties[$_], $embedded.properties[$same[$_]]) }
            $parts.Keys | ForEach-Object { $group, $name = $_ -split '\.'; , @($definition.properties[$group].properties[$name], $embedded.properties[$parts[$_]]) }
        )
        foreach ($pair in $pairs) { foreach ($rule in 'type', 'enum', 'pattern', '$ref') { $pair[1][$rule] | Should -BeExactly $pair[0][$rule] } }
        foreach ($name in 'path', 'duration') { $embedded.'$defs'[$name].pattern | Should -BeExactly $definition.'$defs'[$name]['pattern'] }
        $embedded.properties.scheduler.enum | Should -BeExactly (@('Auto') + $definition.properties.scheduler.enum)
        $kinds = $definition.'$defs'.publication.oneOf.properties
        $kinds.ForEach{ $_.Keys } | Sort-Object -Unique | Should -Be ('bundle', 'chain', 'encryption', 'format', 'friendlyName', 'grantRead', 'key', 'keyProvider', 'leaf', 'passwordFile', 'pfx', 'removeOld', 'root', 'store')
        $embedded.properties.pfxEncryption.enum | Should -BeExactly ($kinds | Where-Object { $_.encryption }).encryption.enum
        $embedded.properties.keyFormat.enum | Should -BeExactly ($kinds | Where-Object { $_.format }).format.enum
        foreach ($rule in 'store.pattern', 'keyProvider.enum') { $name, $kind = $rule -split '\.'; $embedded.properties[$name][$kind] | Should -BeExactly ($kinds | Where-Object { $_.store })[$name][$kind] }
        $definition.'$defs'.action.oneOf.properties.ForEach{ $_.Keys } | Sort-Object -Unique | Should -Be ('arguments', 'pidFile', 'reloadService', 'restartService', 'run', 'script', 'signal')
        $definition.'$defs'.notifier.oneOf.properties.ForEach{ $_.Keys } | Sort-Object -Unique | Should -Be ('arguments', 'run', 'script', 'uriFile')
    }
}

Describe 'The command resource' {
    BeforeEach {
        if ($ca.Reason) { return Skip-Test -Because $ca.Reason }
        if ($IsWindows) { return Set-ItResult -Skipped -Because 'the crontab of this test is a shell script' }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$($before.PATH)"
        $path = (Build-TestCertificate -Authority $authority -Folder $folder).CertificatePath
        Set-Content "$folder/monitor" 'https://hc.example.com/s3cret'
        $web = @{
            name = 'web'; certificatePath = $path; scope = 'CurrentUser'; scheduler = 'Cron'; stepPath = $ca.Folder; filePath = 'sh'; argumentList = @('-c', 's3cret', '2026-01-01T00:00:00')
            healthCheckUriFile = "$folder/monitor"; onFailure = @(@{ filePath = 'sh'; argumentList = @('x') }); chainPath = "$folder/chain.pem"
        }
    }

    It 'predicts a registration, and changes nothing' {
        $listing = Get-Listing
        (Invoke-Resource get $web).State | ConvertTo-Json -Compress | Should -BeExactly '{"name":"web","_exist":false}'
        $test = Invoke-Resource test $web
        $test.ExitCode, $test.State._inDesiredState, $test.Changed | Should -Be 0, $false, '_exist'
        $prediction = Invoke-Resource whatIf $web
        $prediction.ExitCode | Should -Be 0
        $prediction.Lines | Should -HaveCount 2
        $prediction.State._exist, $prediction.State.certificatePath, $prediction.Changed | Should -Be $true, $path, '_exist'
        $prediction.State._metadata.whatIf -join ' ' | Should -BeLike "Write '*web.root.crt'. Write '*web.health-check'. Write '*web.json'. Schedule a run every 15m with Cron*"
        (Invoke-Resource export).Lines | Should -HaveCount 0
        Get-Listing | Should -BeExactly $listing
    }

    It 'registers once, and predicts a change and a removal' {
        $set = Invoke-Set $web
        $set.Set.ExitCode | Should -Be 0 -Because "$($set.Set.Messages)"
        $set.Before._exist, $set.After._exist, $set.Set.Changed | Should -Be $false, $true, '_exist'
        $set.After.argumentList | Should -BeExactly '-c', 's3cret', '2026-01-01T00:00:00'
        $set.After.onFailure[0].argumentList | Should -BeExactly 'x'
        $set.After.chainPath, $set.After.scheduler, $set.After.certificateStatus | Should -BeExactly "$folder/chain.pem", Cron, Valid
        Get-Content "$env:STEPCARENEW_HOME/renewals/web.health-check" | Should -BeExactly 'https://hc.example.com/s3cret'
        "$($set.Set.Messages)$($set.Set.Lines)" | Should -Not -BeLike '*hc.example.com*'
        Get-Content "$folder/tab" -Raw | Should -BeLike "*'web'*"

        $listing = Get-Listing
        (Invoke-Resource test $web).State._inDesiredState | Should -BeTrue
        $again = Invoke-Resource set $web
        $again.ExitCode, $again.Lines[1], $again.State._exist | Should -Be 0, '[]', $true
        $change = $web + @{ interval = '5m' }
        (Invoke-Resource whatIf $change).Changed | Should -BeExactly interval, schedule
        $gone = @{ name = 'web'; _exist = $false }
        $test = Invoke-Resource test $gone
        $test.State._inDesiredState, $test.State._exist, $test.Changed | Should -Be $false, $true, '_exist'
        Get-Listing | Should -BeExactly $listing

        (Invoke-Resource set $gone).State | ConvertTo-Json -Compress | Should -BeExactly '{"name":"web","_exist":false}'
        "$env:STEPCARENEW_HOME/renewals/web.json" | Should -Not -Exist
        Get-Content "$folder/tab" -ErrorAction Ignore | Should -BeNullOrEmpty
        $path | Should -Exist
    }

    # Dsc.Classes.Tests.ps1 breaks more, without a process for each step.
    It 'finds what was broken by hand, and fixes it' {
        (Invoke-Resource set $web).ExitCode | Should -Be 0
        Set-Content "$folder/tab" '# nothing'
        Set-Content "$env:STEPCARENEW_HOME/state/web/state.json" '{'
        $listing = Get-Listing
        $test = Invoke-Resource test $web
        $test.State._inDesiredState | Should -BeFalse
        $test.Changed | Should -BeExactly schedule, state
        (Invoke-Resource whatIf $web).Changed | Should -BeExactly schedule, state
        Get-Listing | Should -BeExactly $listing
        $set = Invoke-Resource set $web
        $set.ExitCode | Should -Be 0 -Because "$($set.Messages)"
        $set.Changed | Should -BeExactly schedule, state
        (Invoke-Resource test $web).State._inDesiredState | Should -BeTrue
    }

    It 'exports all renewals, and an exported one is as described' {
        $other = (Build-TestCertificate -Authority $authority -Folder $folder -Name 'db.local').CertificatePath
        (Invoke-Resource set ($web + @{ pidFile = "$folder/pid"; signal = 'USR1'; rekey = $true; keyAlgorithm = 'EC-P384'; renewAt = '50%'; servedBy = @('https://127.0.0.1'); metricsPath = "$folder/web.prom"; actionTimeout = '2m' })).ExitCode | Should -Be 0
        (Invoke-Resource set @{ name = 'db'; certificatePath = $other; scope = 'CurrentUser'; scheduler = 'Cron'; stepPath = $ca.Folder; expiresIn = '6h' }).ExitCode | Should -Be 0
        $all = Invoke-Resource export
        $all.ExitCode, $all.Lines.Count | Should -Be 0, 2
        ($all.Lines | ConvertFrom-Json).name | Should -BeExactly db, web
        $exported = $all.Lines[1] | ConvertFrom-Json
        $exported.signal, $exported.keyAlgorithm, $exported.renewAt, $exported.actionTimeout | Should -BeExactly USR1, EC-P384, '50%', 2m
        $test = Invoke-Resource test $all.Lines[1] -Raw
        $test.State._inDesiredState | Should -BeTrue -Because "$($test.Messages)"
        (Invoke-Resource export @{ name = 'db'; expiresIn = '7h' }).Lines | Should -HaveCount 0
    }

    It 'warns of a definition that no parameter can express' {
        (Invoke-Resource set $web).ExitCode | Should -Be 0
        $file = "$env:STEPCARENEW_HOME/renewals/web.json"
        $definition = Get-Content $file -Raw | ConvertFrom-Json
        $definition.actions += [pscustomobject]@{ run = $definition.actions[0].run }
        $definition | ConvertTo-Json -Depth 6 | Set-Content $file
        $get = Invoke-Resource get $web
        $get.State.filePath | Should -BeExactly $definition.actions[0].run
        $get.Warnings | Should -BeLike "StepCaRenew/RenewalTask 'web': its definition has the action run '*', which no parameter can express.*"
    }

    It 'fails with the instance, the error id and the remedy: <What>' -ForEach @(
        @{ What = 'no certificate'; Change = @{ certificatePath = '/nowhere/web.crt' }; Operations = , 'set'; ExitCode = 3; Message = "StepCaRenew/RenewalTask 'web': FileNotFound: There is no certificate file '/nowhere/web.crt'. *" }
        @{ What = 'a bad duration'; Change = @{ expiresIn = '60' }; Operations = , 'whatIf'; ExitCode = 3; Message = "StepCaRenew/RenewalTask 'web': InvalidDuration: *" }
        @{ What = 'no monitor file'; Change = @{ healthCheckUriFile = '/nowhere/monitor' }; Operations = , 'test'; ExitCode = 3; Message = "StepCaRenew/RenewalTask 'web': FileNotFound: *'/nowhere/monitor'*" }
        @{ What = 'an unknown property'; Change = @{ typo = 1 }; Operations = 'get', 'export'; ExitCode = 2; Message = 'StepCaRenew/RenewalTask: DefinitionInvalid: *typo*dsc resource schema*' }
        @{ What = 'a value that is not allowed'; Change = @{ interval = '7m' }; Operations = 'set'; ExitCode = 2; Message = '*DefinitionInvalid: *interval*' }
        @{ What = 'a path that is not full'; Change = @{ certificatePath = 'web.crt' }; Operations = 'set'; ExitCode = 2; Message = '*DefinitionInvalid: *certificatePath*' }
    ) {
        $listing = Get-Listing
        $instance = $web.Clone()
        foreach ($name in $Change.Keys) { $instance[$name] = $Change[$name] }
        foreach ($operation in $Operations) {
            $run = Invoke-Resource $operation $instance
            $run.ExitCode, $run.Lines.Count | Should -Be $ExitCode, 0 -Because "$operation $($run.Messages)"
            $run.Errors | Should -HaveCount 1
            $run.Errors[0] | Should -BeLike $Message
            $manifest.exitCodes["$ExitCode"] | Should -Not -BeNullOrEmpty
        }
        Get-Listing | Should -BeExactly $listing
    }

    It 'is not in the desired state if it could not be registered like this, and warns why' {
        $test = Invoke-Resource test ($web + @{ scriptPath = "$folder/no.ps1" })
        $test.ExitCode, $test.State._inDesiredState | Should -Be 0, $false
        $test.Warnings | Should -BeLike "StepCaRenew/RenewalTask 'web': *no.ps1*"
    }

    It 'refuses text that is not JSON' {
        $run = Invoke-Resource get '{ "name": ' -Raw
        $run.ExitCode, $run.Lines.Count | Should -Be 2, 0
    }

    It 'works for a user without rights' {
        if ([Environment]::UserName -ne 'root' -or -not (Get-Command setpriv -ErrorAction Ignore)) { return Skip-Test -Because 'only root can become another user, with setpriv' }
        & setpriv --reuid=65534 --regid=65534 --clear-groups test -r $manifestPath -a -x $folder
        if ($LASTEXITCODE -ne 0) { return Skip-Test -Because "the user cannot read the package, or enter $folder" }
        foreach ($file in 'certs/root_ca.crt', 'config/defaults.json') { New-Item "$folder/step/$(Split-Path $file)" -ItemType Directory -Force | Out-Null; Copy-Item "$($ca.Folder)/$file" "$folder/step/$file" }
        $defaults = "$folder/step/config/defaults.json"
        (Get-Content $defaults -Raw).Replace($ca.Folder, "$folder/step") | Set-Content $defaults
        chown -R 65534:65534 $folder
        $user = @{ Through = 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'; Environment = @{ HOME = $folder } }
        $mine = $web.Clone()
        $mine.stepPath = "$folder/step"
        $set = Invoke-Resource set $mine @user
        $set.ExitCode | Should -Be 0 -Because "$($set.Messages)"
        $set.Changed, $set.State.scope | Should -BeExactly '_exist', CurrentUser
        (Invoke-Resource test $mine @user).State._inDesiredState | Should -BeTrue
        $mine.scope = 'Machine'
        $mine.name = 'other'
        $run = Invoke-Resource set $mine @user
        $run.ExitCode | Should -Be 3
        $run.Errors[0] | Should -BeLike "*'other': AdministratorRequired: *"
    }
}
