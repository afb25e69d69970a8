Import-Module -Assembly ([StepCaRenew.Loader.ModuleLoader]::Load())
