using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Cmdlets;

/// <summary>Revoke-StepCertificate: revokes a certificate by itself, or a serial number by a token.</summary>
[Cmdlet(VerbsSecurity.Revoke, "StepCertificate", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = CertificateSet, HelpUri = HelpPages.Folder + "Revoke-StepCertificate.md")]
[OutputType(typeof(void))]
public sealed class RevokeStepCertificateCommand : CaCmdlet
{
    private const string CertificateSet = "Certificate";
    private const string TokenSet = "Token";
    private const string TokenFileSet = "TokenFile";
    private const string ProvisionerSet = "Provisioner";

    /// <summary>The certificate file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = CertificateSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string CertificatePath { get; set; } = string.Empty;

    /// <summary>The key file, if it is not next to the certificate.</summary>
    [Parameter(Position = 1, ParameterSetName = CertificateSet)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>The password of an encrypted key.</summary>
    [Parameter(ParameterSetName = CertificateSet)]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter(ParameterSetName = CertificateSet)]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>The serial number of the certificate: decimal, or hexadecimal with 0x.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenSet)]
    [Parameter(Mandatory = true, ParameterSetName = TokenFileSet)]
    [Parameter(Mandatory = true, ParameterSetName = ProvisionerSet)]
    [ValidateNotNullOrEmpty]
    public string? SerialNumber { get; set; }

    /// <summary>A one-time token for revoking the serial number.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenSet)]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>A file with the token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenFileSet)]
    [ValidateNotNullOrEmpty]
    public string? TokenFile { get; set; }

    /// <summary>The provisioner that makes the token; by default the only JWK provisioner.</summary>
    [Parameter(ParameterSetName = ProvisionerSet)]
    [ValidateNotNullOrEmpty]
    public string? Provisioner { get; set; }

    /// <summary>The password of the provisioner.</summary>
    [Parameter(ParameterSetName = ProvisionerSet)]
    [ValidateNotNull]
    public SecureString? ProvisionerPassword { get; set; }

    /// <summary>A file with the password of the provisioner.</summary>
    [Parameter(ParameterSetName = ProvisionerSet)]
    [ValidateNotNullOrEmpty]
    public string? ProvisionerPasswordFile { get; set; }

    /// <summary>Why the certificate is revoked: a CRLReason of RFC 5280.</summary>
    [Parameter]
    [ValidateSet("Unspecified", "KeyCompromise", "CACompromise", "AffiliationChanged", "Superseded", "CessationOfOperation", "CertificateHold", "RemoveFromCRL", "PrivilegeWithdrawn", "AACompromise")]
    public string ReasonCode { get; set; } = nameof(RevocationReason.Unspecified);

    /// <summary>The reason in words, for the CA's records.</summary>
    [Parameter]
    [ValidateNotNull]
    public string Reason { get; set; } = string.Empty;

    private int ReasonNumber => (int)Enum.Parse<RevocationReason>(ReasonCode, ignoreCase: true);

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        var ca = ReadCa();
        if (SerialNumber is null)
            RevokeCertificate(ca);
        else
            RevokeSerialNumber(StepCaRenew.Certificates.SerialNumber.Parse(SerialNumber), ca);
    });

    private void RevokeCertificate(CaOptions ca)
    {
        using var password = ReadPassword(KeyPassword, KeyPasswordFile) ?? ReadConfiguredPassword(ca);
        var location = new PairLocation(FullPath(CertificatePath), KeyPath is null ? null : FullPath(KeyPath)) { KeyPassword = password };
        using var revocation = CertificateRevocation.Open(location, ca, TimeProvider.System, CaSettingsResolver.FromProcess);
        if (!IsWanted(revocation.Description, revocation.SerialNumber))
            return;
        Run(stopping => revocation.RunAsync(ReasonNumber, Reason, stopping));
        WriteVerbose($"Revoked {revocation.Description}.");
    }

    private void RevokeSerialNumber(string serialNumber, CaOptions ca)
    {
        var credential = ReadCredential(Token, TokenFile, Provisioner, ProvisionerPassword, ProvisionerPasswordFile, ca);
        using var password = (credential as Credential.Provisioner)?.Password;
        if (credential is Credential.Token token)
            TokenRevocation.RequireFor(serialNumber, token.Given);
        if (!IsWanted($"the certificate with the serial number {serialNumber}", serialNumber))
            return;
        var finder = new CaFinder(CaSettingsResolver.FromProcess, new RootDownload(TimeProvider.System, CaSettingsResolver.FromProcess).FetchAsync);
        var revocation = new TokenRevocation(finder, TimeProvider.System, CaSettingsResolver.FromProcess);
        Run(stopping => revocation.RunAsync(new RevokeRequest(serialNumber, ReasonNumber, Reason, Token: null), credential, ca, stopping));
        WriteVerbose($"Revoked the certificate with the serial number {serialNumber}.");
    }

    // The warnings come before the question: they are a reason to say no.
    private bool IsWanted(string what, string serialNumber)
    {
        foreach (var name in new RegisteredCertificates(CaSettingsResolver.FromProcess).FindNamesBySerialNumber(serialNumber))
            WriteWarning($"{name}: this renewal is registered for the certificate, and fails once it is revoked: the CA does not renew a revoked certificate. Then request a new one with the same names (Request-StepCertificate -Force), or remove the renewal: Unregister-StepRenewalTask {name}");
        return ShouldProcess(what, $"Revoke for ever ({ReasonCode})");
    }

    private void Run(Func<CancellationToken, Task> action) => Pump.Run(async stopping =>
    {
        await action(stopping).ConfigureAwait(false);
        return true;
    });
}
