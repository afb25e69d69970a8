using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>What the cmdlets that look at certificates on disk have in common: which files, and the key's password.</summary>
public abstract class CertificateCmdlet : StepCmdlet, IDisposable
{
    /// <summary>The parameter set of paths with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of paths as they are.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    private readonly PipelinePump pump = new();
    private CertificateInputs? inputs;
    private CertificateBatch<object>? batch;
    private BatchProgress? progress;

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

    /// <summary>How many certificates are looked at at once.</summary>
    protected virtual int Parallelism => 1;

    /// <summary>What a progress bar says is being done.</summary>
    protected abstract string Activity { get; }

    /// <summary>The paths of the parameter set in use; a cmdlet declares its own <c>Path</c>.</summary>
    protected abstract IReadOnlyList<string> Paths { get; }

    /// <summary>The password, from whichever parameter; null where none was given.</summary>
    protected KeyPassword? Password { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        inputs = new CertificateInputs(this, SearchesFoldersInFolders, OnNothingFound) { IsKeyNamedByHand = KeyPath is not null };
        Password = ReadPassword(KeyPassword, KeyPasswordFile);
        progress = new BatchProgress(Activity, TimeProvider.System, MyInvocation.ExpectingInput, WriteProgress);
        batch = new CertificateBatch<object>(this, pump, Parallelism, progress, (_, found) => WriteObject(found));
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IReadOnlyList<CertificateInput> certificates = [];
        string? keyPath = null;
        Terminating(() =>
        {
            certificates = inputs!.Find(Paths, ParameterSetName == LiteralPathSet);
            keyPath = KeyPath is null ? null : FullPath(KeyPath);
        });
        batch!.Add(certificates, (certificate, _) => Task.FromResult(Examine(certificate, keyPath)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        batch!.Drain();
        progress!.End();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => pump.Stop();

    /// <summary>Does the cmdlet's work for one certificate file; on a thread of the pool, several at once.</summary>
    /// <param name="certificatePath">The full path of the certificate file.</param>
    /// <param name="keyPath">The full path of the key file; null for the one beside it.</param>
    /// <returns>What is given out.</returns>
    protected abstract object Examine(string certificatePath, string? keyPath);

    /// <summary>Told of a folder or pattern in which there is no certificate: an error where someone counts on one.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <exception cref="RenewalException">Where nothing is not a good answer.</exception>
    protected virtual void OnNothingFound(string path) => throw CertificateInputs.NothingFound(path);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Waits for what still runs, and forgets the password.</summary>
    /// <param name="disposing">True where it is called by hand.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        batch?.Dispose();
        pump.Dispose();
        Password?.Dispose();
    }
}
