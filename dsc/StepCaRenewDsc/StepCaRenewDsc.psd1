@{
    # A psm1 with the name of the module: the adapters of DSC read classes from its text.
    RootModule           = 'StepCaRenewDsc.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '2ae4908d-85ee-434c-b427-9ff3bc5bb35d'
    Author               = 'StepCaRenew contributors'
    CompanyName          = 'StepCaRenew contributors'
    Copyright            = '(c) StepCaRenew contributors. MIT licence.'
    Description          = 'DSC resources for certificates of a smallstep step-ca server: StepCertificate and StepRenewalTask.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    RequiredModules      = @(@{ ModuleName = 'StepCaRenew'; ModuleVersion = '0.1.0' })
    FunctionsToExport    = @()
    CmdletsToExport      = @()
    VariablesToExport    = @()
    # Without AliasesToExport: with it, PowerShell does not find the resources (PowerShell issue 16750).
    DscResourcesToExport = @('StepCertificate', 'StepRenewalTask')
    PrivateData          = @{
        PSData = @{
            Tags       = @('DSC', 'DSCResource', 'step-ca', 'smallstep', 'certificate', 'renewal', 'TLS', 'PKI', 'PSEdition_Core', 'Windows', 'Linux')
            LicenseUri = 'https://opensource.org/license/mit'
            ProjectUri = 'https://github.com/StepCaRenew/StepCaRenew'
        }
    }
}
