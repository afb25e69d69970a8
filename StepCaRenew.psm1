# Import-Module -Force finds the assembly in its cache and forgets to pass the cmdlets on, so they are added by hand
# (https://github.com/PowerShell/PowerShell/issues/20710).
$cmdlets = Import-Module -Assembly ([StepCaRenew.Loader.ModuleLoader]::Load()) -PassThru
$export = [psmoduleinfo].GetMethod('AddExportedCmdlet', [Reflection.BindingFlags] 'Instance, NonPublic')
foreach ($cmdlet in $cmdlets.ExportedCmdlets.Values) { $export.Invoke($ExecutionContext.SessionState.Module, @(, $cmdlet)) }
