@{
    # It brings the engine and its packages into a load context of their own.
    RootModule             = 'bin/StepCaRenew.Cmdlets.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = '2a3bb0c6-9f1f-4d0e-a6a4-5f0f5b3f6c1d'
    Author                 = 'StepCaRenew contributors'
    CompanyName            = 'StepCaRenew contributors'
    Copyright              = '(c) StepCaRenew contributors. MIT licence.'
    Description            = 'Requests and renews certificates of a smallstep step-ca server in one-shot runs: after every run, certificate and key on disk belong together, or an error reports it.'
    PowerShellVersion      = '7.4'
    CompatiblePSEditions   = @('Core')
    FormatsToProcess       = @('StepCaRenew.Format.ps1xml')
    FunctionsToExport      = @()
    CmdletsToExport        = @(
        'Export-StepMetric'
        'Get-StepCa'
        'Get-StepCertificate'
        'Get-StepRenewalTask'
        'Initialize-StepContext'
        'Invoke-StepRenewal'
        'New-StepToken'
        'Register-StepRenewalTask'
        'Request-StepCertificate'
        'Revoke-StepCertificate'
        'Test-StepCertificatePair'
        'Unregister-StepRenewalTask'
    )
    VariablesToExport      = @()
    AliasesToExport        = @()
    PrivateData            = @{
        PSData = @{
            Tags       = @('step-ca', 'smallstep', 'certificate', 'renewal', 'TLS', 'PKI', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://opensource.org/license/mit'
            ProjectUri = 'https://github.com/StepCaRenew/StepCaRenew'
        }
    }
}
