using System.Management.Automation;
using StepCaRenew.Certificates;

namespace StepCaRenew.Cmdlets;

/// <summary>Get-StepCertificate: shows certificates on disk, when they are due, and whether their keys belong to them.</summary>
[Cmdlet(VerbsCommon.Get, "StepCertificate", DefaultParameterSetName = PathSet)]
[OutputType(typeof(StepCertificate))]
public sealed class GetStepCertificateCommand : CertificateCmdlet
{
    private readonly CertificateInspector inspector = new(TimeProvider.System);

    /// <summary>Certificate files, or folders that hold some; wildcards are allowed.</summary>
    [Parameter(Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Path { get; set; } = ["."];

    /// <summary>Look into folders in folders as well.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Paths => ParameterSetName == LiteralPathSet ? LiteralPath : Path;

    /// <inheritdoc/>
    protected override bool SearchesFoldersInFolders => Recurse;

    /// <inheritdoc/>
    protected override void Process(string certificatePath, string? keyPath)
    {
        using var certificate = CertificateFile.Load(certificatePath);
        WriteObject(inspector.Inspect(certificate, keyPath, Password));
    }

    /// <inheritdoc/>
    protected override void OnNothingFound(string path) => WriteVerbose($"There is no certificate in or matching '{path}'.");
}
