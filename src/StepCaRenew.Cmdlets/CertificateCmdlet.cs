using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates.Keys;
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
    private bool isKeyGiven;

    /// <summary>Certificate files, or folders that hold some, taken as they are.</summary>
    // An object of the pipeline may have an empty path. That is an error of its own, and no reason to refuse the object
    // before the cmdlet can say anything about it.
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The key file, where it does not lie beside the certificate.</summary>
    // By property name in the one set only: in both, an object's KeyPath would bind in the default set first, and
    // the whole object would then be turned into a string for Path.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>The password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyPasswordFile { get; set; }

    /// <summary>Look into folders in folders as well.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With -Recurse, look into folders that are links as well.</summary>
    [Parameter]
    public SwitchParameter FollowSymlink { get; set; }

    /// <summary>How many certificates are looked at at once.</summary>
    protected virtual int Parallelism => 1;

    /// <summary>What a progress bar says is being done.</summary>
    protected abstract string Activity { get; }

    /// <summary>The paths of the parameter set in use; a cmdlet declares its own <c>Path</c>.</summary>
    protected abstract IReadOnlyList<string>? Paths { get; }

    /// <summary>The password, from whichever parameter; null where none was given.</summary>
    private protected KeyPassword? Password { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        RequireGiven(PathSet, [.. Paths ?? []]);
        RequireGiven(nameof(LiteralPath), LiteralPath);
        RequireGiven(nameof(KeyPath), KeyPath);
        isKeyGiven = IsGiven(nameof(KeyPath));
        inputs = new CertificateInputs(this, new FolderOptions(Recurse, FollowSymlink), OnNothingFound) { IsKeyNamedByHand = isKeyGiven };
        Password = ReadPassword(KeyPassword, KeyPasswordFile);
        progress = new BatchProgress(Activity, TimeProvider.System, MyInvocation.ExpectingInput, pump.Post, WriteProgress);
        batch = new CertificateBatch<object>(
            this, new WorkBatch(pump, Parallelism, isOrdered: true), progress, new BatchNames(MyInvocation.ExpectingInput), (_, _, found) => WriteObject(found));
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IReadOnlyList<CertificateInput> certificates = [];
        string? keyPath = null;
        Terminating(() =>
        {
            if (TryReadKeyPath(out keyPath))
                certificates = inputs!.Find(Paths, ParameterSetName == LiteralPathSet);
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

    // An empty one is none: that is how a list writes that the key lies beside the certificate.
    private bool TryReadKeyPath(out string? keyPath)
    {
        keyPath = null;
        if (string.IsNullOrEmpty(KeyPath))
            return true;
        try
        {
            keyPath = FullPath(KeyPath);
            return true;
        }
        catch (RenewalException e) when (!isKeyGiven)
        {
            Refuse(KeyPath, e);
            return false;
        }
    }

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
