using System.Management.Automation;
using System.Security;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;
using StepCaRenew.Issuance;
using StepCaRenew.Logging;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;

namespace StepCaRenew.Cmdlets;

/// <summary>Request-StepCertificate: gets the first certificate of a host, or one for the key that is in place.</summary>
[Cmdlet(VerbsLifecycle.Request, "StepCertificate", SupportsShouldProcess = true, DefaultParameterSetName = ProvisionerSet, HelpUri = HelpPages.Folder + "Request-StepCertificate.md")]
[OutputType(typeof(StepCertificate))]
[OutputType(typeof(IssuancePlan))]
public sealed class RequestStepCertificateCommand : PublishingCmdlet
{
    private const string TokenSet = "Token";
    private const string TokenFileSet = "TokenFile";
    private const string ProvisionerSet = "Provisioner";

    /// <summary>The common name of the certificate; by default that of the token.</summary>
    [Parameter(Position = 0, ParameterSetName = TokenSet)]
    [Parameter(Position = 0, ParameterSetName = TokenFileSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ProvisionerSet)]
    [ValidateNotNullOrEmpty]
    public string? Subject { get; set; }

    /// <summary>The alternative names; by default those of the token, or the subject.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyCollection]
    public string[] San { get; set; } = [];

    /// <summary>The certificate file.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string CertificatePath { get; set; } = string.Empty;

    /// <summary>The key file; by default the one next to the certificate.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>A one-time token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenSet)]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>A file with the token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = TokenFileSet)]
    [ValidateNotNullOrEmpty]
    public string? TokenFile { get; set; }

    /// <summary>The name of the provisioner; by default the only JWK provisioner of the CA.</summary>
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

    /// <summary>The algorithm of the new key.</summary>
    [Parameter]
    [ValidateSet("EC-P256", "EC-P384", "EC-P521", "RSA-2048", "RSA-3072", "RSA-4096")]
    public string? KeyAlgorithm { get; set; }

    /// <summary>When the certificate begins to be valid: a duration from now, or a date.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotBefore { get; set; }

    /// <summary>When it ends: a duration from its beginning, or a date.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? NotAfter { get; set; }

    /// <summary>Request the certificate for the key that is there. A certificate that does not match it is replaced.</summary>
    [Parameter]
    public SwitchParameter UseExistingKey { get; set; }

    /// <summary>The password of the key: of the one in place, or to encrypt the new one.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>A file with the password of the key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>The password of the PFX file.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? PfxPassword { get; set; }

    /// <summary>Replace a certificate and a key that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Do nothing if the pair in place is the requested one; replace it if it is not.</summary>
    [Parameter]
    public SwitchParameter IfNeeded { get; set; }

    /// <summary>Say in the result what would be requested or replaced, and do nothing.</summary>
    [Parameter]
    public SwitchParameter Plan { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Terminating(() =>
    {
        if (IfNeeded && Force)
            throw new RenewalException(ErrorId.ConflictingParameters, "-IfNeeded and -Force were both given.", "Leave out one of them: -Force replaces any pair, -IfNeeded only one that is not the requested one.");
        if (UseExistingKey && KeyAlgorithm is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-UseExistingKey and -KeyAlgorithm were both given.", "Leave out one of them: -KeyAlgorithm is for a new key.");
        var ca = ReadCa();
        var wanted = SigningRequest.Create(Subject, San, KeyAlgorithm?.ToUpperInvariant(), NotBefore, NotAfter, TimeProvider.System);
        // Only a key in place can have the password that step's configuration names; a new key has the one that the user gives.
        using var password = ReadPassword(KeyPassword, KeyPasswordFile) ?? (UseExistingKey ? ReadConfiguredPassword(ca) : null);
        var credential = IsWithoutCredential(ca) ? new Credential.None() : ReadCredential(Token, TokenFile, Provisioner, ProvisionerPassword, ProvisionerPasswordFile, ca);
        using var secret = (credential as Credential.Provisioner)?.Password;
        var location = new PairLocation(FullPath(CertificatePath), KeyPath is null ? null : FullPath(KeyPath)) { KeyPassword = password, MayBeNew = true };
        var request = new IssuanceRequest
        {
            Location = location,
            Wanted = wanted,
            Credential = credential,
            Publications = ReadPublications(PfxPassword),
            UseExistingKey = UseExistingKey,
            Force = Force,
            IfNeeded = IfNeeded,
            FindOthers = () => new RegisteredCertificates(CaSettingsResolver.FromProcess).Pairs,
            ApproveAsync = ApproveAsync,
        };
        if (Plan)
        {
            WritePlan(request);
            return;
        }

        var outcome = Run(request with { Issuer = request.Issuer with { Ca = ca } });
        if (outcome.IsIssued || outcome.Differences is [])
            WriteObject(Shown.For(Inspect(location, password)));
        // The first error can end the call, so the certificate comes first.
        foreach (var error in outcome.PublicationErrors)
            WriteError(ErrorRecords.From(error, location.CertificatePath));
        Pump.RunLate();
    });

    // The plan is that of any authorization.
    private bool IsWithoutCredential(CaOptions ca) => Plan && (Token ?? ProvisionerPassword) is null && (TokenFile ?? ProvisionerPasswordFile) is null
        && ProvisionerParameters.Read(ca, CaSettingsResolver.FromProcess).PasswordFile is null;

    // Not ShouldProcess: with -WhatIf it writes to the standard output.
    private void WritePlan(IssuanceRequest request)
    {
        var events = new PlanEvents(new PipelineEvents(this, Pump, new EndingLevels(this)));
        using var engine = new IssuanceEngine(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, new CallLog(events));
        var (plan, problem) = Pump.Run(stopping => engine.PlanAsync(request, stopping));
        WriteObject(Shown.For(plan with { Warnings = events.For(null) }));
        if (problem is not null)
            WriteError(ErrorRecords.From(problem, plan.Name));
    }

    private IssuanceOutcome Run(IssuanceRequest request)
    {
        var log = new CallLog(new PipelineEvents(this, Pump, new EndingLevels(this)));
        using var engine = new IssuanceEngine(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, log);
        return Pump.Run(stopping => engine.RequestAsync(request, stopping));
    }

    private Task<bool> ApproveAsync(RenewalPlan plan, CancellationToken cancellationToken) => Pump.AskAsync(() => ShouldProcess(plan.CertificatePath, plan.Action), cancellationToken);

    private static StepCertificate Inspect(PairLocation location, KeyPassword? password)
    {
        using var certificate = CertificateFile.Load(location.CertificatePath, password);
        return new CertificateInspector(TimeProvider.System).Inspect(certificate, location.KeyPath, password);
    }
}
