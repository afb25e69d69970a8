# What Benchmark.ps1 is made of: a file for each figure in Figures, and what they share in Parts.
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestHelpers.psm1')
Import-Module (Join-Path $PSScriptRoot '../Pester/Helpers/StepCaRenew.TestCa.psm1')

foreach ($part in Get-ChildItem (Join-Path $PSScriptRoot 'Parts/*.ps1'), (Join-Path $PSScriptRoot 'Figures/*.ps1')) { . $part.FullName }

Export-ModuleMember -Function *-*
