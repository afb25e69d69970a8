using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>Test-StepCertificatePair: tests whether a certificate and a key on disk match.</summary>
[Cmdlet(VerbsDiagnostic.Test, "StepCertificatePair", DefaultParameterSetName = PathSet, HelpUri = HelpPages.Folder + "Test-StepCertificatePair.md")]
[OutputType(typeof(bool))]
[OutputType(typeof(PairTestResult))]
public sealed class TestStepCertificatePairCommand : CertificateCmdlet
{
    /// <summary>Certificate files, or folders with certificates; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Show both public keys, the file times and the reason instead of a Boolean.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string>? Paths => ParameterSetName == LiteralPathSet ? LiteralPath : Path;

    /// <inheritdoc/>
    protected override string Activity => "Testing pairs";

    /// <inheritdoc/>
    // One at a time: plain Booleans must come in the order of the paths.
    protected override object Examine(string certificatePath, string? keyPath)
    {
        var result = StoreCertificatePath.IsInStore(certificatePath)
            ? CertificateInspector.Test(StoreCertificatePath.Parse(certificatePath), Services)
            : PairTestResult.FromFiles(certificatePath, keyPath, Password);
        return Detailed ? result : result.Matches;
    }
}
