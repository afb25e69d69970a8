# Results that come from a file, a job or another machine look like those of this session.
BeforeAll {
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestHelpers.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestCa.psm1
    Import-Module $PSScriptRoot/Helpers/StepCaRenew.TestTasks.psm1
    Import-TestPackage
    $environment = Use-CleanEnvironment
    $before = @{ STEPCARENEW_HOME = $env:STEPCARENEW_HOME; PATH = $env:PATH }
    $ca = Open-TestCa DevCa
    $manifest = Join-Path (Get-TestPackage) 'StepCaRenew.psd1'

    # One result of each kind, by its type; RemainingSeconds and the like change meanwhile, so that each is made once.
    $makeAll = {
        param($Manifest, $StepPath, $Folder)
        Import-Module $Manifest
        $at = @{ StepPath = $StepPath }
        Get-StepCertificate "$Folder/web.local.crt"
        Test-StepCertificatePair "$Folder/web.local.crt" -Detailed
        $authority = Get-StepCa @at
        $authority
        $authority.Roots
        $authority.Provisioners
        Invoke-StepRenewal "$Folder/web.local.crt" @at
        Invoke-StepRenewal "$Folder/missing.crt" @at -ErrorAction SilentlyContinue
        Request-StepCertificate new.local "$Folder/new.crt" @at -Plan
        Initialize-StepContext $authority.CaUrl $authority.Roots[0].Fingerprint -StepPath "$Folder/step" -Force
        if (-not $IsWindows) {
            $schedule = @{ Scope = 'CurrentUser'; Scheduler = 'Cron'; WarningAction = 'SilentlyContinue' }
            Register-StepRenewalTask web "$Folder/web.local.crt" @at @schedule
            $several = New-Item "$Folder/all" -ItemType Directory -Force
            Copy-Item "$Folder/web.local.*" $several
            (Register-StepRenewalTask all $several @at @schedule).Certificates
            Register-StepRenewalTask web "$Folder/web.local.crt" @at @schedule -Interval 1m -RunNow -Plan
            Register-StepRenewalTask web "$Folder/missing.crt" @at @schedule -Plan -ErrorAction SilentlyContinue
        }
    }

    function Get-Rendered {
        param([object[]] $Object, [string] $As)
        $Object | ForEach-Object { (& $As -InputObject $_ | Out-String -Width 200) }
    }
}

AfterAll {
    Close-TestCa $ca
    foreach ($name in $before.Keys) { Set-Item "env:$name" $before[$name] }
    Restore-Environment $environment
}

Describe 'Deserialized results' {
    BeforeAll {
        if ($ca.Reason) { return }
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive ([Guid]::NewGuid()))).FullName
        $env:STEPCARENEW_HOME = Join-Path $folder home
        if (-not $IsWindows) { $env:PATH = "$(Split-Path (Build-TestCrontab $folder)):$env:PATH" }
        Build-TestCertificate -Authority (Get-CaAuthority $ca) -Folder $folder | Out-Null
        $all = @(& $makeAll $manifest $ca.Folder $folder)
    }

    BeforeEach {
        if ($ca.Reason) { Skip-Test -Because $ca.Reason }
    }

    It 'has a view for each type, also for its deserialized form' {
        $views = [xml] (Get-Content (Join-Path (Get-TestPackage) 'StepCaRenew.Format.ps1xml') -Raw)
        foreach ($view in $views.Configuration.ViewDefinitions.View) {
            $types = @($view.ViewSelectedBy.TypeName)
            $own = @($types | Where-Object { $_ -notlike 'Deserialized.*' })
            $types | Sort-Object | Should -Be (@($own) + @($own | ForEach-Object { "Deserialized.$_" }) | Sort-Object) -Because $view.Name
        }
        $tested = $all | ForEach-Object { $_.GetType().FullName } | Sort-Object -Unique
        $missing = $views.Configuration.ViewDefinitions.View.ViewSelectedBy.TypeName | ForEach-Object { $_ -replace '^Deserialized\.' -replace '#.*' } | Sort-Object -Unique | Where-Object { $_ -notin $tested }
        if (-not $IsWindows) { $missing | Should -BeNullOrEmpty -Because 'each is compared below' }
    }

    It 'looks the same from a file: Format-<_>' -ForEach 'Table', 'List' {
        $all | Export-Clixml (Join-Path $folder 'all.xml') -Depth 4
        $read = @(Import-Clixml (Join-Path $folder 'all.xml'))
        $read[0].PSTypeNames[-2] | Should -BeExactly Deserialized.StepCaRenew.StepCertificate
        Get-Rendered $read "Format-$_" | Should -BeExactly (Get-Rendered $all "Format-$_")
        ($read | Out-String -Width 200) | Should -BeExactly ($all | Out-String -Width 200)
    }

    # A job has the serialization of remoting.
    It 'looks the same from a job' {
        $make, $stepPath = $makeAll.ToString(), $ca.Folder
        $job = Start-Job -ScriptBlock {
            $all = @(& ([scriptblock]::Create($using:make)) $using:manifest $using:stepPath $using:folder)
            # Rendered there and here.
            @{ Text = @($all | ForEach-Object { $_ | Out-String -Width 200 }) }
            $all
        }
        $received = @($job | Receive-Job -Wait -AutoRemoveJob)
        $objects = $received | Select-Object -Skip 1
        $objects | Should -HaveCount $all.Count
        $objects[0].PSTypeNames | Should -Contain Deserialized.StepCaRenew.StepCertificate
        $here = @($objects | ForEach-Object { $_ | Out-String -Width 200 })
        $here | Should -BeExactly $received[0].Text
    }
}
