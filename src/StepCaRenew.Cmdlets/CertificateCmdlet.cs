using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>What the cmdlets that look at certificates on disk have in common: which files, and the key's password.</summary>
public abstract class CertificateCmdlet : StepCmdlet
{
    /// <summary>The parameter set of paths with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of paths as they are.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    private CertificateInputs? inputs;

    /// <summary>Certificate files, or folders that hold some, taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The key file, where it does not lie beside the certificate.</summary>
    // By property name in the one set only: in both, an object's KeyPath would bind in the default set first, and
    // the whole object would then be turned into a string for Path.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>The password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>Whether folders are searched with those in them.</summary>
    protected virtual bool SearchesFoldersInFolders => false;

    /// <summary>The paths of the parameter set in use; a cmdlet declares its own <c>Path</c>.</summary>
    protected abstract IReadOnlyList<string> Paths { get; }

    /// <summary>The password, from whichever parameter; null where none was given.</summary>
    protected KeyPassword? Password { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        inputs = new CertificateInputs(this, SearchesFoldersInFolders, OnNothingFound) { IsKeyNamedByHand = KeyPath is not null };
        Password = ReadPassword(KeyPassword, KeyPasswordFile);
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IReadOnlyList<string> certificates = [];
        Terminating(() => certificates = inputs!.Find(Paths, ParameterSetName == LiteralPathSet));
        foreach (var certificate in certificates)
            NonTerminating(certificate, () => Process(certificate, KeyPath is null ? null : FullPath(KeyPath)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => Password?.Dispose();

    /// <summary>Does the cmdlet's work for one certificate file.</summary>
    /// <param name="certificatePath">The full path of the certificate file.</param>
    /// <param name="keyPath">The full path of the key file; null for the one beside it.</param>
    protected abstract void Process(string certificatePath, string? keyPath);

    /// <summary>Told of a folder or pattern in which there is no certificate: an error where someone counts on one.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <exception cref="RenewalException">Where nothing is not a good answer.</exception>
    protected virtual void OnNothingFound(string path) => throw CertificateInputs.NothingFound(path);
}
