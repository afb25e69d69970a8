using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>Get-StepCertificate: shows certificates on disk or of servers, when they are due, and whether their keys match.</summary>
[Cmdlet(VerbsCommon.Get, "StepCertificate", DefaultParameterSetName = PathSet, HelpUri = HelpPages.Folder + "Get-StepCertificate.md")]
[OutputType(typeof(StepCertificate))]
public sealed partial class GetStepCertificateCommand : CertificateCmdlet
{
    private readonly CertificateInspector inspector = new(TimeProvider.System);

    /// <summary>Certificate files, or folders with certificates; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] Path { get; set; } = ["."];

    /// <summary>How many certificates are read at once: 1 to 16; by default twice the number of cores.</summary>
    [Parameter]
    [ValidateRange(1, Throttle.Most)]
    public int ThrottleLimit { get; set; } = Throttle.Usual;

    /// <inheritdoc/>
    protected override int Parallelism => ThrottleLimit;

    /// <inheritdoc/>
    protected override string Activity => "Reading certificates";

    /// <inheritdoc/>
    protected override IReadOnlyList<string>? Paths => ParameterSetName == LiteralPathSet ? LiteralPath : Path;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!IsServed && RootEnd.Describe(ReadCa(null, null, null, null), TimeProvider.System, CaSettingsResolver.FromProcess) is { } warning)
            WriteWarning(warning);
    }

    /// <inheritdoc/>
    protected override object Examine(string certificatePath, string? keyPath)
    {
        if (StoreCertificatePath.IsInStore(certificatePath))
            return Shown.For(inspector.Inspect(StoreCertificatePath.Parse(certificatePath), Services));
        using var certificate = CertificateFile.Load(certificatePath, Password);
        return Shown.For(inspector.Inspect(certificate, keyPath, Password));
    }

    /// <inheritdoc/>
    protected override void OnNothingFound(string path) => WriteVerbose($"There is no certificate in or matching '{path}'.");
}
