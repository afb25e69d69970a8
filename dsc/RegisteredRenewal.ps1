# Registered renewals as instances of DSC: what the command resource StepCaRenew/RenewalTask and the class StepRenewalTask share.
# A setting has the name of its parameter of Register-StepRenewalTask.

# Texts, lists and flags. The addresses of monitors are secrets, so that only files with them can be named.
$RenewalTexts = @(
    'CertificatePath', 'KeyPath', 'Scope', 'UserId', 'GroupManagedServiceAccount', 'Scheduler', 'Interval', 'CaUrl', 'Root', 'Context', 'StepPath', 'Transport'
    'ExpiresIn', 'RenewAt', 'KeyAlgorithm', 'KeyPasswordFile', 'PfxPath', 'PfxPasswordFile', 'PfxEncryption', 'BundlePath', 'ChainPath', 'LeafPath', 'RootPath', 'KeyOutPath', 'KeyFormat', 'Store', 'FriendlyName', 'KeyProvider'
    'PidFile', 'Signal', 'FilePath', 'ScriptPath', 'ActionTimeout', 'ServedTimeout', 'LockTimeout', 'RetryTimeout', 'HealthCheckUriFile', 'LogPath', 'MetricsPath'
)
$RenewalLists = 'Exclude', 'GrantRead', 'ArgumentList', 'ReloadService', 'RestartService', 'ServedBy'
$RenewalFlags = 'Recurse', 'FollowSymlink', 'Rekey', 'RemoveOld', 'FollowRoots', 'Force'

# An error of the module as one sentence that names the instance.
function Get-InstanceProblem {
    param([string] $Instance, [Management.Automation.ErrorRecord] $Record)
    $id = $Record.FullyQualifiedErrorId.Split(',')[0]
    $details = $Record.ErrorDetails
    $message = if ($details -and $details.Message) { $details.Message } else { $Record.Exception.Message }
    "${Instance}: ${id}: $message $(if ($details) { $details.RecommendedAction })".TrimEnd()
}

function New-InstanceError {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '', Justification = 'Makes an object.')]
    param([string] $Instance, [string] $ErrorId, [string] $Message)
    $text = if ($ErrorId) { "${Instance}: ${ErrorId}: $Message" } else { $Message }
    [Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($text), $ErrorId, 'NotSpecified', $Instance)
}

# Runs a part of an operation; an error of the module, or of PowerShell's binder, then names the instance.
function Invoke-ForInstance {
    param([string] $Instance, [scriptblock] $Script)
    try {
        & $Script
    }
    catch {
        if ($_.TargetObject -is [string] -and $_.TargetObject -ceq $Instance) { throw }
        $problem = Get-InstanceProblem $Instance $_
        throw [Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($problem, $_.Exception), $_.FullyQualifiedErrorId.Split(',')[0], $_.CategoryInfo.Category, $Instance)
    }
}

function ConvertTo-Ordered {
    param([Text.Json.JsonElement] $Json)
    switch ($Json.ValueKind) {
        'Object' {
            $table = [ordered]@{}
            foreach ($property in $Json.EnumerateObject()) { $table[$property.Name] = ConvertTo-Ordered $property.Value }
            return $table
        }
        'Array' {
            $list = [Collections.Generic.List[object]]::new()
            foreach ($item in $Json.EnumerateArray()) { $list.Add((ConvertTo-Ordered $item)) }
            return , $list.ToArray()
        }
        'String' { return $Json.GetString() }
        'True' { return $true }
        'False' { return $false }
        'Null' { return $null }
        default { return $Json.GetDouble() }
    }
}

# ConvertFrom-Json makes times of texts that look like one.
function ConvertFrom-JsonText {
    param([string] $Text)
    $options = [Text.Json.JsonDocumentOptions]@{ CommentHandling = 'Skip'; AllowTrailingCommas = $true }
    $document = [Text.Json.JsonDocument]::Parse($Text, $options)
    try { ConvertTo-Ordered $document.RootElement } finally { $document.Dispose() }
}

function Copy-Setting {
    param([Collections.IDictionary] $From, [Collections.IDictionary] $To, [hashtable] $Names)
    if ($null -eq $From) { return }
    foreach ($name in $Names.Keys) { if ($From.Contains($name)) { $To[$Names[$name]] = $From[$name] } }
}

# The settings of a definition file. Left has the parts that no parameter can express.
function ConvertFrom-Definition {
    param([Collections.IDictionary] $Definition)
    $setting, $left = [ordered]@{}, [Collections.Generic.List[string]]::new()
    $same = 'KeyPasswordFile', 'Rekey', 'KeyAlgorithm', 'Interval', 'Scheduler', 'ActionTimeout', 'ServedBy', 'ServedTimeout', 'LockTimeout', 'RetryTimeout', 'FollowRoots', 'HealthCheckUriFile', 'LogPath', 'MetricsPath', 'Scope'
    $names = @{ certificate = 'CertificatePath'; key = 'KeyPath' }
    foreach ($name in $same) { $names[[char]::ToLowerInvariant($name[0]) + $name.Substring(1)] = $name }
    Copy-Setting -From $Definition -To $setting -Names $names
    Copy-Setting -From $Definition['certificates'] -To $setting -Names @{ path = 'CertificatePath'; exclude = 'Exclude'; recurse = 'Recurse'; followSymlink = 'FollowSymlink' }
    Copy-Setting -From $Definition['ca'] -To $setting -Names @{ url = 'CaUrl'; root = 'Root'; stepPath = 'StepPath'; context = 'Context'; transport = 'Transport' }
    if ($Definition['ca'] -and $Definition['ca']['useToken'] -and -not $setting.Contains('Transport')) { $setting.Transport = 'Token' }
    Copy-Setting -From $Definition['when'] -To $setting -Names @{ expiresIn = 'ExpiresIn'; renewAt = 'RenewAt' }
    if ($Definition['runAs']) { $setting[$(if ($Definition['runAs'].EndsWith('$')) { 'GroupManagedServiceAccount' } else { 'UserId' })] = $Definition['runAs'] }
    foreach ($publication in $Definition['publications']) {
        Copy-Setting -From $publication -To $setting -Names @{
            pfx = 'PfxPath'; passwordFile = 'PfxPasswordFile'; encryption = 'PfxEncryption'; bundle = 'BundlePath'; chain = 'ChainPath'; leaf = 'LeafPath'; root = 'RootPath'; key = 'KeyOutPath'; format = 'KeyFormat'
            store = 'Store'; friendlyName = 'FriendlyName'; grantRead = 'GrantRead'; keyProvider = 'KeyProvider'; removeOld = 'RemoveOld'
        }
    }

    foreach ($action in $Definition['actions']) {
        $kind = 'run', 'script', 'pidFile', 'reloadService', 'restartService' | Where-Object { $action.Contains($_) }
        $name = @{ run = 'FilePath'; script = 'ScriptPath'; pidFile = 'PidFile'; reloadService = 'ReloadService'; restartService = 'RestartService' }[$kind]
        if ($name -like '*Service') { $setting[$name] = @($setting[$name] | Where-Object { $_ }) + $action[$kind] }
        elseif ($setting.Contains($name)) { $left.Add("the action $kind '$($action[$kind])'") }
        else { Copy-Setting -From $action -To $setting -Names @{ run = 'FilePath'; arguments = 'ArgumentList'; script = 'ScriptPath'; pidFile = 'PidFile'; signal = 'Signal' } }
    }

    $notifiers = foreach ($notifier in $Definition['onFailure']) {
        $one = [ordered]@{}
        Copy-Setting -From $notifier -To $one -Names @{ run = 'FilePath'; arguments = 'ArgumentList'; script = 'ScriptPath'; uriFile = 'UriFile' }
        $one
    }
    if ($notifiers) { $setting.OnFailure = @($notifiers) }
    @{ Setting = $setting; Left = $left }
}

# The parameters of Register-StepRenewalTask for settings. A setting that is empty is one that was not given.
function Get-RegistrationParameter {
    param([string] $Instance, [string] $Name, [Collections.IDictionary] $Setting)
    $parameters = @{ Name = $Name; Confirm = $false }
    foreach ($one in $RenewalTexts) { if ($Setting[$one]) { $parameters[$one] = $Setting[$one] } }
    foreach ($one in $RenewalLists) { if ($Setting[$one]) { $parameters[$one] = [string[]] $Setting[$one] } }
    foreach ($one in $RenewalFlags) { if ($Setting[$one]) { $parameters[$one] = $true } }
    if ($Setting['Credential']) { $parameters.Credential = $Setting['Credential'] }
    if ($Setting['OnFailure']) { $parameters.OnFailure = [hashtable[]] @($Setting['OnFailure'] | ForEach-Object { $table = @{}; foreach ($key in $_.Keys) { $table[$key] = $_[$key] }; $table }) }
    if ($parameters.Contains('HealthCheckUriFile')) {
        if (-not [IO.File]::Exists($parameters.HealthCheckUriFile)) { throw (New-InstanceError -Instance $Instance -ErrorId FileNotFound -Message "There is no file '$($parameters.HealthCheckUriFile)' with the address of a monitor. Check the path.") }
        $parameters.HealthCheckUri = Get-Content -LiteralPath $parameters.HealthCheckUriFile -TotalCount 1 -ErrorAction Stop
        $parameters.Remove('HealthCheckUriFile')
    }

    $parameters
}

# The registered renewal as it is: Exists, its settings, what could not be read, and the object of Get-StepRenewalTask.
function Get-RegisteredRenewal {
    param([string] $Instance, [string] $Name)
    $found = Get-StepRenewalTask -Name $Name -ErrorAction SilentlyContinue -ErrorVariable problems
    if (-not $found) {
        if ($problems[0].FullyQualifiedErrorId -like 'NotRegistered,*') { return @{ Exists = $false; Setting = [ordered]@{}; Problems = @(); Task = $null } }
        # A definition that cannot be read is still registered: its schedule starts a run that fails.
        return @{ Exists = $true; Setting = [ordered]@{}; Problems = @($problems | ForEach-Object { Get-InstanceProblem $Instance $_ }); Task = $null }
    }

    $read = ConvertFrom-Definition (ConvertFrom-JsonText ([IO.File]::ReadAllText($found.DefinitionPath)))
    if ($read.Left) { Write-Warning "${Instance}: its definition has $($read.Left -join ', '), which no parameter can express. It is left out here, and a new registration removes it." }
    $read.Setting.Scope = $found.Scope
    # A renewal of a user runs as that user, whatever account its definition names.
    if ($found.Scope -eq 'CurrentUser') { $read.Setting.Remove('UserId') }
    @{ Exists = $true; Setting = $read.Setting; Problems = @(); Task = $found }
}

# The changes of a registration. With -Force the plan compares, whether or not the CA can be reached now.
function Get-RenewalPlan {
    param([Collections.IDictionary] $Parameters, [switch] $Compare)
    $given = $Parameters.Clone()
    if ($Compare) { $given.Force = $true }
    Register-StepRenewalTask @given -Plan -ErrorAction SilentlyContinue
}

# Whether a renewal is as described: InDesiredState, the names of Changed, and Sentences for people.
function Test-RegisteredRenewal {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'The block uses them.')]
    param([string] $Instance, [string] $Name, [Collections.IDictionary] $Setting, [bool] $Exist)
    Invoke-ForInstance $Instance {
        if (-not $Exist) {
            $exists = (Get-RegisteredRenewal $Instance $Name).Exists
            return @{ InDesiredState = -not $exists; Changed = @(if ($exists) { '_exist' }); Sentences = @(if ($exists) { 'it is registered' }) }
        }

        $plan = Get-RenewalPlan -Parameters (Get-RegistrationParameter -Instance $Instance -Name $Name -Setting $Setting) -Compare
        # A renewal that could not be registered like this now is not registered like this.
        if ($plan.Status -eq 'WouldFail') {
            foreach ($problem in $plan.Problems) { Write-Warning "${Instance}: $problem" }
            return @{ InDesiredState = $false; Changed = @(); Sentences = @($plan.Problems) }
        }

        $isNew = $plan.Status -eq 'WouldRegister'
        $sentences = if ($isNew) { @('it is not registered') } elseif ($plan.Changes.Count) { @($plan.Changes) } else { @($plan.Planned) }
        @{ InDesiredState = $plan.Status -eq 'Unchanged'; Changed = @(if ($isNew) { '_exist' } else { $plan.ChangedProperties }); Sentences = $sentences }
    }
}

# Predicts Set: the error, or the steps and the names of what changes.
function Get-RenewalPrediction {
    [Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSReviewUnusedParameter', '', Justification = 'The block uses them.')]
    param([string] $Instance, [string] $Name, [Collections.IDictionary] $Setting, [bool] $Exist)
    Invoke-ForInstance $Instance {
        if (-not $Exist) {
            $exists = (Get-RegisteredRenewal $Instance $Name).Exists
            return @{ Changed = @(if ($exists) { '_exist' }); Steps = @(if ($exists) { 'Remove the schedule, the definition and the state.' }); Force = $false }
        }

        $parameters = Get-RegistrationParameter -Instance $Instance -Name $Name -Setting $Setting
        $plan = Get-RenewalPlan -Parameters $parameters
        # A definition that cannot be read is replaced; without -Force that is the only thing that stops the registration.
        $isDamaged = $plan.Status -eq 'WouldFail' -and -not @($plan.Problems -notlike 'DefinitionInvalid: *')
        if ($isDamaged) { $plan = Get-RenewalPlan -Parameters $parameters -Compare }
        if ($plan.Status -eq 'WouldFail') { throw (New-InstanceError -Instance $Instance -ErrorId $plan.ErrorId -Message ($plan.Problems -join ' ').Substring($plan.ErrorId.Length + 2)) }
        foreach ($warning in $plan.Warnings) { Write-Warning "${Instance}: $warning" }
        $changed = if ($plan.Status -eq 'WouldRegister') { @('_exist') } elseif ($plan.Status -eq 'WouldChange') { @($plan.ChangedProperties) } else { @() }
        @{ Changed = $changed; Steps = @($plan.Planned); Force = $isDamaged; Status = $plan.Status }
    }
}

# Registers or unregisters a renewal, if it is not as described. Returns the names of what has changed.
function Invoke-RenewalSet {
    param([string] $Instance, [string] $Name, [Collections.IDictionary] $Setting, [bool] $Exist)
    $prediction = Get-RenewalPrediction @PSBoundParameters 3> $null
    Invoke-ForInstance $Instance {
        if (-not $Exist) {
            if ($prediction.Changed) { Unregister-StepRenewalTask -Name $Name -Confirm:$false -ErrorAction Stop }
        }
        elseif ($prediction.Status -ne 'Unchanged') {
            $parameters = Get-RegistrationParameter -Instance $Instance -Name $Name -Setting $Setting
            if ($prediction.Force) { $parameters.Force = $true }
            Register-StepRenewalTask @parameters -ErrorAction Stop | Out-Null
        }
    }

    $prediction.Changed
}
