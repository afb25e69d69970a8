# The classes of DSC. Types and texts stay simple, because the adapters convert JSON and MOF: no enumerations, no hashtables.
Set-StrictMode -Version 3.0
. (Join-Path $PSScriptRoot RegisteredRenewal.ps1)
. (Join-Path $PSScriptRoot CertificateInstance.ps1)

function ConvertTo-Reason {
    param([string] $Resource, [object[]] $Reason)
    foreach ($one in $Reason) { [StepCaRenewReason] @{ Code = "${Resource}:${Resource}:$($one.Code)"; Phrase = $one.Phrase } }
}

# Why an instance is not as described. Machine Configuration shows them.
class StepCaRenewReason {
    [DscProperty()] [string] $Code
    [DscProperty()] [string] $Phrase
}

# A certificate and its key on disk.
[DscResource()]
class StepCertificate {
    [DscProperty(Key)] [string] $CertificatePath
    [DscProperty(Mandatory)] [string] $Subject
    [DscProperty()] [ValidateSet('Present', 'Absent')] [string] $Ensure = 'Present'
    [DscProperty()] [string[]] $San
    [DscProperty()] [string] $KeyPath
    [DscProperty()] [string] $TokenFile
    [DscProperty()] [string] $Provisioner
    [DscProperty()] [string] $ProvisionerPasswordFile
    [DscProperty()] [PSCredential] $ProvisionerCredential
    [DscProperty()] [string] $KeyAlgorithm
    [DscProperty()] [string] $NotAfter
    [DscProperty()] [string] $KeyPasswordFile
    [DscProperty()] [string] $ExpiresIn
    [DscProperty()] [string] $RenewAt
    [DscProperty()] [bool] $Rekey
    [DscProperty()] [string] $Transport
    [DscProperty()] [string] $RetryTimeout
    [DscProperty()] [string] $CaUrl
    [DscProperty()] [string] $Root
    [DscProperty()] [string] $Context
    [DscProperty()] [string] $StepPath
    [DscProperty()] [string] $PfxPath
    [DscProperty()] [string] $PfxPasswordFile
    [DscProperty()] [string] $PfxEncryption
    [DscProperty()] [string] $BundlePath
    [DscProperty()] [string] $ChainPath
    [DscProperty()] [string] $LeafPath
    [DscProperty()] [string] $RootPath
    [DscProperty()] [string] $KeyOutPath
    [DscProperty()] [string] $KeyFormat
    [DscProperty()] [string] $Store
    [DscProperty()] [string] $FriendlyName
    [DscProperty()] [string[]] $GrantRead
    [DscProperty()] [string] $KeyProvider
    [DscProperty()] [bool] $RemoveOld
    [DscProperty()] [bool] $Force
    [DscProperty(NotConfigurable)] [string] $SerialNumber
    [DscProperty(NotConfigurable)] [string] $ValidUntil
    [DscProperty(NotConfigurable)] [string] $CertificateStatus
    [DscProperty(NotConfigurable)] [string] $KeyStatus
    [DscProperty(NotConfigurable)] [StepCaRenewReason[]] $Reasons

    [StepCertificate] Get() {
        $setting, $name = $this.Setting(), $this.Instance()
        $state = Invoke-ForInstance $name { Compare-Certificate $setting }
        $result = [StepCertificate] @{ CertificatePath = $this.CertificatePath; Subject = $this.Subject; Ensure = if ($state.Present) { 'Present' } else { 'Absent' } }
        if ($state.Present) {
            $result.Subject = Get-CommonName $state.Present.Subject
            $result.San = [string[]] @(Get-AlternativeName $state.Present)
            $result.KeyPath = $state.Present.KeyPath
            $result.SerialNumber = $state.Present.SerialNumber
            $result.ValidUntil = $state.Present.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", [cultureinfo]::InvariantCulture)
            $result.CertificateStatus = $state.Present.Status
            $result.KeyStatus = $state.Present.KeyStatus
        }

        foreach ($one in $script:PublishedFiles) { if ($this.$one -and [IO.File]::Exists($this.$one)) { $result.$one = $this.$one } }
        if ($this.Ensure -eq 'Present') { $result.Reasons = @(ConvertTo-Reason StepCertificate $state.Reasons) }
        elseif ($state.Present) { $result.Reasons = @(ConvertTo-Reason StepCertificate @{ Code = 'Present'; Phrase = "There is a certificate in '$($this.CertificatePath)'." }) }
        return $result
    }

    [void] Set() {
        if ($this.Ensure -eq 'Absent') { Invoke-CertificateRemoval $this.Instance() $this.Setting() } else { Invoke-CertificateSet $this.Instance() $this.Setting() }
    }

    [bool] Test() {
        $setting, $name, $isAbsent = $this.Setting(), $this.Instance(), ($this.Ensure -eq 'Absent')
        return Invoke-ForInstance $name { if ($isAbsent) { -not @(Find-CertificateFile $name $setting 3> $null) } else { -not (Compare-Certificate $setting).Need } }
    }

    # The certificates of the registered renewals.
    static [StepCertificate[]] Export() {
        $found = foreach ($task in Get-StepRenewalTask) {
            $pairs = if ($task.Certificates.Count) { $task.Certificates } else { $task }
            foreach ($pair in $pairs) {
                $one = [StepCertificate] @{ CertificatePath = $pair.CertificatePath }
                if ($pair.KeyPath) { $one.KeyPath = $pair.KeyPath }
                try { $one.Get() } catch { Write-Warning $_.Exception.Message }
            }
        }
        return @($found)
    }

    hidden [string] Instance() { return "StepCertificate '$($this.CertificatePath)'" }

    hidden [Collections.IDictionary] Setting() {
        $setting = [ordered]@{ CertificatePath = $this.CertificatePath; San = $this.San; ProvisionerCredential = $this.ProvisionerCredential; Rekey = $this.Rekey; Force = $this.Force; GrantRead = $this.GrantRead; RemoveOld = $this.RemoveOld }
        foreach ($one in $script:CertificateTexts) { $setting[$one] = $this.$one }
        return $setting
    }
}

# A renewal that the scheduler of the operating system runs: the parameters of Register-StepRenewalTask.
[DscResource()]
class StepRenewalTask {
    [DscProperty(Key)] [string] $Name
    [DscProperty()] [ValidateSet('Present', 'Absent')] [string] $Ensure = 'Present'
    [DscProperty()] [string] $CertificatePath
    [DscProperty()] [string] $KeyPath
    [DscProperty()] [bool] $Recurse
    [DscProperty()] [bool] $FollowSymlink
    [DscProperty()] [string[]] $Exclude
    [DscProperty()] [string] $Scope
    [DscProperty()] [string] $UserId
    [DscProperty()] [string] $GroupManagedServiceAccount
    [DscProperty()] [PSCredential] $Credential
    [DscProperty()] [string] $Scheduler
    [DscProperty()] [string] $Interval
    [DscProperty()] [string] $CaUrl
    [DscProperty()] [string] $Root
    [DscProperty()] [string] $Context
    [DscProperty()] [string] $StepPath
    [DscProperty()] [string] $Transport
    [DscProperty()] [string] $ExpiresIn
    [DscProperty()] [string] $RenewAt
    [DscProperty()] [bool] $Rekey
    [DscProperty()] [string] $KeyAlgorithm
    [DscProperty()] [string] $KeyPasswordFile
    [DscProperty()] [string] $PfxPath
    [DscProperty()] [string] $PfxPasswordFile
    [DscProperty()] [string] $PfxEncryption
    [DscProperty()] [string] $BundlePath
    [DscProperty()] [string] $ChainPath
    [DscProperty()] [string] $LeafPath
    [DscProperty()] [string] $RootPath
    [DscProperty()] [string] $KeyOutPath
    [DscProperty()] [string] $KeyFormat
    [DscProperty()] [string] $Store
    [DscProperty()] [string] $FriendlyName
    [DscProperty()] [string[]] $GrantRead
    [DscProperty()] [string] $KeyProvider
    [DscProperty()] [bool] $RemoveOld
    [DscProperty()] [string] $PidFile
    [DscProperty()] [string] $Signal
    [DscProperty()] [string] $FilePath
    [DscProperty()] [string[]] $ArgumentList
    [DscProperty()] [string] $ScriptPath
    [DscProperty()] [string[]] $ReloadService
    [DscProperty()] [string[]] $RestartService
    [DscProperty()] [string] $ActionTimeout
    [DscProperty()] [string[]] $ServedBy
    [DscProperty()] [string] $ServedTimeout
    [DscProperty()] [string] $OnFailureFilePath
    [DscProperty()] [string[]] $OnFailureArgumentList
    [DscProperty()] [string] $OnFailureScriptPath
    [DscProperty()] [string] $OnFailureUriFile
    [DscProperty()] [string] $LockTimeout
    [DscProperty()] [string] $RetryTimeout
    [DscProperty()] [bool] $FollowRoots
    [DscProperty()] [string] $HealthCheckUriFile
    [DscProperty()] [string] $LogPath
    [DscProperty()] [string] $MetricsPath
    [DscProperty()] [bool] $Force
    [DscProperty(NotConfigurable)] [bool] $Healthy
    [DscProperty(NotConfigurable)] [string[]] $HealthDetails
    [DscProperty(NotConfigurable)] [string] $Schedule
    [DscProperty(NotConfigurable)] [string] $CertificateStatus
    [DscProperty(NotConfigurable)] [string] $LastErrorId
    [DscProperty(NotConfigurable)] [string] $DefinitionPath
    [DscProperty(NotConfigurable)] [StepCaRenewReason[]] $Reasons

    [StepRenewalTask] Get() {
        $wanted = $this.Wanted()
        $result = [StepRenewalTask]::FromRenewal((Invoke-ForInstance $wanted.Instance { Get-RegisteredRenewal $wanted.Instance $wanted.Name }), $this.Name)
        # Without a certificate only the name is asked for.
        if ($this.CertificatePath -or -not $wanted.Exist) {
            $test = Test-RegisteredRenewal @wanted
            # The sentences do not belong to the names one by one.
            $code = @($test.Changed | ForEach-Object { if ($_ -eq '_exist') { 'Ensure' } else { $_ } }) -join '-'
            $result.Reasons = @(ConvertTo-Reason StepRenewalTask @($test.Sentences | Where-Object { -not $test.InDesiredState } | ForEach-Object { @{ Code = $(if ($code) { $code } else { 'WouldFail' }); Phrase = $_ } }))
        }
        return $result
    }

    [void] Set() {
        $wanted = $this.Wanted()
        Invoke-RenewalSet @wanted | Out-Null
    }

    [bool] Test() {
        $wanted = $this.Wanted()
        return (Test-RegisteredRenewal @wanted).InDesiredState
    }

    static [StepRenewalTask[]] Export() {
        return @(foreach ($task in Get-StepRenewalTask) { [StepRenewalTask]::FromRenewal((Get-RegisteredRenewal "StepRenewalTask '$($task.Name)'" $task.Name), $task.Name) })
    }

    hidden static [StepRenewalTask] FromRenewal([hashtable] $Renewal, [string] $Name) {
        $result = [StepRenewalTask] @{ Name = $Name; Ensure = if ($Renewal.Exists) { 'Present' } else { 'Absent' } }
        foreach ($one in $Renewal.Setting.Keys) { if ($one -ne 'OnFailure') { $result.$one = $Renewal.Setting[$one] } }
        foreach ($notifier in $Renewal.Setting['OnFailure']) { foreach ($one in $notifier.Keys) { $result."OnFailure$one" = $notifier[$one] } }
        $result.HealthDetails = [string[]] @($Renewal.Problems)
        if ($Renewal.Task) {
            foreach ($one in 'Healthy', 'Schedule', 'CertificateStatus', 'LastErrorId', 'DefinitionPath') { if ($null -ne $Renewal.Task.$one) { $result.$one = $Renewal.Task.$one } }
            $result.HealthDetails = [string[]] @($Renewal.Task.HealthDetails)
        }
        return $result
    }

    hidden [hashtable] Wanted() {
        $setting = [ordered]@{ Credential = $this.Credential }
        foreach ($one in $script:RenewalTexts + $script:RenewalLists + $script:RenewalFlags) { $setting[$one] = $this.$one }
        $setting.OnFailure = @(
            if ($this.OnFailureFilePath) { @{ FilePath = $this.OnFailureFilePath; ArgumentList = [string[]] @($this.OnFailureArgumentList | Where-Object { $null -ne $_ }) } }
            if ($this.OnFailureScriptPath) { @{ ScriptPath = $this.OnFailureScriptPath } }
            if ($this.OnFailureUriFile) { @{ UriFile = $this.OnFailureUriFile } })
        return @{ Instance = "StepRenewalTask '$($this.Name)'"; Name = $this.Name; Setting = $setting; Exist = $this.Ensure -eq 'Present' }
    }
}
