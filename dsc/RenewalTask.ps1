<#
.SYNOPSIS
    The command resource StepCaRenew/RenewalTask of DSC v3: dsc starts it as RenewalTask.dsc.resource.json says.
.DESCRIPTION
    Reads one JSON object from the standard input. The standard output has nothing but JSON lines: the state, then for set and
    whatIf the names of the properties that change. Messages are JSON lines on the standard error. docs/dsc.md describes it.
.PARAMETER Operation
    get, set, test, export or whatIf.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)]
    [ValidateSet('get', 'set', 'test', 'export', 'whatIf')]
    [string] $Operation
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$ExitCodes = @{ InputInvalid = 2; OperationFailed = 3; ModuleNotLoaded = 4 }
# Properties that are only in the output, and those that are only in the input.
$Facts = 'healthy', 'healthDetails', 'schedule', 'runAs', 'certificateStatus', 'notAfter', 'nextRenewal', 'nextRun', 'lastStatus', 'lastErrorId', 'definitionPath'
$Inputs = 'force', '_exist', '_inDesiredState', '_metadata'
$Utf8 = [Text.UTF8Encoding]::new($false)

function Write-Line {
    param([IO.Stream] $Stream, $Value)
    # An array of one name must stay an array.
    $bytes = $Utf8.GetBytes((ConvertTo-Json -InputObject $Value -Compress -Depth 8) + "`n")
    $Stream.Write($bytes, 0, $bytes.Length)
    $Stream.Flush()
}

function Write-Message {
    param([ValidateSet('error', 'warn', 'info', 'debug')] [string] $Level, [string] $Text)
    Write-Line -Stream $Errors -Value @{ $Level = $Text }
}

# pwsh writes warnings, verbose text and host text to the standard output, so that all streams are read here.
function Invoke-Quietly {
    param([scriptblock] $Script)
    & $Script *>&1 | ForEach-Object {
        if ($_ -is [Management.Automation.WarningRecord]) { Write-Message warn $_.Message }
        elseif ($_ -is [Management.Automation.VerboseRecord] -or $_ -is [Management.Automation.DebugRecord]) { Write-Message debug $_.Message }
        elseif ($_ -is [Management.Automation.InformationRecord]) { Write-Message info ([string] $_.MessageData) }
        elseif ($_ -is [Management.Automation.ErrorRecord]) { Write-Message error (Get-InstanceProblem $Instance $_) }
    }
}

function ConvertTo-CamelCase {
    param([Parameter(ValueFromPipeline)] [string] $Name)
    process { $Name.Substring(0, 1).ToLowerInvariant() + $Name.Substring(1) }
}

function ConvertTo-JsonTime {
    param($Time)
    if ($Time) { $Time.ToUniversalTime().ToString('yyyy-MM-dd''T''HH:mm:ss''Z''', [cultureinfo]::InvariantCulture) }
}

# The state of an instance as JSON has it.
function ConvertTo-State {
    param([string] $Name, [hashtable] $Renewal)
    $state = [ordered]@{ name = $Name; _exist = $Renewal.Exists }
    foreach ($one in $Renewal.Setting.Keys) {
        $value = $Renewal.Setting[$one]
        if ($one -eq 'OnFailure') { $value = @($value | ForEach-Object { $table = [ordered]@{}; foreach ($key in $_.Keys) { $table[(ConvertTo-CamelCase $key)] = $_[$key] }; $table }) }
        $state[(ConvertTo-CamelCase $one)] = $value
    }
    $task = $Renewal.Task
    if ($task) {
        $facts = [ordered]@{
            healthy = $task.Healthy; healthDetails = @($task.HealthDetails); schedule = $task.Schedule; runAs = $task.RunAs; certificateStatus = $task.CertificateStatus
            notAfter = ConvertTo-JsonTime $task.NotAfter; nextRenewal = ConvertTo-JsonTime $task.NextRenewal; nextRun = ConvertTo-JsonTime $task.NextRun
            lastStatus = $task.LastStatus; lastErrorId = $task.LastErrorId; definitionPath = $task.DefinitionPath
        }
        foreach ($fact in $facts.Keys) { if ($null -ne $facts[$fact]) { $state[$fact] = $facts[$fact] } }
    }
    elseif ($Renewal.Problems) {
        $state.healthy = $false
        $state.healthDetails = @($Renewal.Problems)
    }
    $state
}

# The settings of an input, by the names of parameters.
function ConvertTo-Setting {
    param([Collections.IDictionary] $From)
    $setting = [ordered]@{}
    foreach ($name in $From.Keys) {
        $value = $From[$name]
        if ($name -notin $Facts -and $name -ne 'name' -and $name[0] -ne '_') { $setting[$name.Substring(0, 1).ToUpperInvariant() + $name.Substring(1)] = $value }
    }
    $setting
}

# Why an input is not an instance. Test-Json does not give a reason for every rule: then the properties that are refused alone.
function Get-InputProblem {
    param([string] $Text, [Collections.IDictionary] $Schema)
    $json = $Schema | ConvertTo-Json -Depth 20
    if (Test-Json -Json $Text -Schema $json -ErrorAction SilentlyContinue -ErrorVariable problems) { return }
    if ($problems) { return @($problems | ForEach-Object { $_.Exception.Message }) -join ' ' }
    $Schema.Remove('dependentRequired')
    $json = $Schema | ConvertTo-Json -Depth 20
    $given = ConvertFrom-JsonText $Text
    $refused = $given.Keys | Where-Object { $_ -ne 'name' -and -not (Test-Json -Json ((@{ name = 'x' } + @{ $_ = $given[$_] }) | ConvertTo-Json -Depth 8) -Schema $json -ErrorAction Ignore) }
    "refused: $($refused -join ', ')."
}

function Read-Instance {
    $reader = [IO.StreamReader]::new([Console]::OpenStandardInput(), $Utf8)
    # dsc exports without an input; a person can start it at a terminal.
    $text = if ($Operation -eq 'export' -and -not [Console]::IsInputRedirected) { '' } else { $reader.ReadToEnd() }
    if ($Operation -eq 'export' -and $text.Trim() -in '', '{}') { return [ordered]@{} }
    $schema = (Get-Content (Join-Path $PSScriptRoot RenewalTask.dsc.resource.json) -Raw | ConvertFrom-Json -AsHashtable).schema.embedded
    $problem = Get-InputProblem -Text $text -Schema $schema
    if ($problem) {
        throw (New-InstanceError -Instance $Instance -ErrorId DefinitionInvalid -Message "The input does not match the schema: $problem Correct it: 'dsc resource schema --resource StepCaRenew/RenewalTask' shows the schema.")
    }

    ConvertFrom-JsonText $text
}

function Invoke-Operation {
    if ($Operation -eq 'export') {
        foreach ($task in Get-StepRenewalTask) {
            $state = ConvertTo-State $task.Name (Get-RegisteredRenewal $task.Name $task.Name)
            $other = $Given.Keys | Where-Object { (ConvertTo-Json $state[$_] -Compress) -cne (ConvertTo-Json $Given[$_] -Compress) }
            if (-not $other) { Write-Line -Stream $Output -Value $state }
        }
        return
    }

    $name, $exist = $Given['name'], ($Given['_exist'] -ne $false)
    $wanted = @{ Instance = $Instance; Name = $name; Setting = ConvertTo-Setting $Given; Exist = $exist }
    $before = Get-RegisteredRenewal $Instance $name
    switch ($Operation) {
        'get' { Write-Line -Stream $Output -Value (ConvertTo-State $name $before) }
        'test' {
            $test = Test-RegisteredRenewal @wanted
            # Those of a registration that would fail are warnings already.
            foreach ($sentence in @($test.Sentences | Where-Object { $test.Changed })) { Write-Message info "${Instance}: $sentence" }
            $state = ConvertTo-State $name $before
            $state._inDesiredState = $test.InDesiredState
            Write-Line -Stream $Output -Value $state
            Write-Line -Stream $Output -Value ([string[]] @($test.Changed | ConvertTo-CamelCase))
        }
        'set' {
            $changed = @(Invoke-RenewalSet @wanted)
            Write-Line -Stream $Output -Value (ConvertTo-State $name (Get-RegisteredRenewal $Instance $name))
            Write-Line -Stream $Output -Value ([string[]] @($changed | ConvertTo-CamelCase))
        }
        'whatIf' {
            $prediction = Get-RenewalPrediction @wanted
            $state = [ordered]@{ name = $name; _exist = $exist }
            if ($exist) { foreach ($key in $Given.Keys) { if ($key -notin $Inputs) { $state[$key] = $Given[$key] } } }
            $state._metadata = [ordered]@{ whatIf = @($prediction.Steps) }
            Write-Line -Stream $Output -Value $state
            Write-Line -Stream $Output -Value ([string[]] @($prediction.Changed | ConvertTo-CamelCase))
        }
    }
}

$Output, $Errors = [Console]::OpenStandardOutput(), [Console]::OpenStandardError()
$Instance = 'StepCaRenew/RenewalTask'
$exitCode = $ExitCodes.ModuleNotLoaded
try {
    . (Join-Path $PSScriptRoot RegisteredRenewal.ps1)
    Invoke-Quietly { Import-Module (Join-Path (Split-Path $PSScriptRoot) StepCaRenew.psd1) }
    $exitCode = $ExitCodes.InputInvalid
    $Given = Read-Instance
    if ($Operation -ne 'export') { $Instance = "StepCaRenew/RenewalTask '$($Given['name'])'" }

    $exitCode = $ExitCodes.OperationFailed
    Invoke-Quietly { Invoke-Operation }
}
catch {
    $problem = $_
    Write-Message error $(if ($problem.TargetObject -is [string] -and $problem.TargetObject -ceq $Instance) { $problem.Exception.Message } else { "${Instance}: $($problem.Exception.Message)" })
    exit $exitCode
}

exit 0
