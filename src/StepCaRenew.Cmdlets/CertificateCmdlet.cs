using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Inspection;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>The base of the cmdlets that read certificates: which files, and the password of the key.</summary>
public abstract class CertificateCmdlet : StepCmdlet
{
    /// <summary>The parameter set of paths with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of paths as they are.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    /// <summary>The parameter set of a certificate store.</summary>
    protected const string StoreSet = "Store";

    private CertificateInputs? inputs;
    private CertificateBatch<object>? batch;
    private BatchProgress? progress;
    private bool isKeyGiven;

    /// <summary>Certificate files, or folders with certificates; wildcards have no meaning.</summary>
    // An object of the pipeline can have an empty path; the cmdlet reports it, so PowerShell must not refuse it before.
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The key file, if it is not next to the certificate.</summary>
    // By property name in one set only. In both, the KeyPath of an object would select the default set, and PowerShell
    // would convert the whole object to a string for Path.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>The password of an encrypted key.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public virtual SecureString? KeyPassword { get; set; }

    /// <summary>A file with the password of an encrypted key.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    public virtual string? KeyPasswordFile { get; set; }

    /// <summary>Search subfolders too.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter Recurse { get; set; }

    /// <summary>With -Recurse, search folders that are links too.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    public SwitchParameter FollowSymlink { get; set; }

    /// <summary>Names of files and subfolders to leave out; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    public string[] Exclude { get; set; } = [];

    /// <summary>A certificate store of Windows: LocalMachine\My, CurrentUser\My; all its certificates with keys, or one of them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StoreSet)]
    [ValidateNotNullOrEmpty]
    public string? Store { get; set; }

    /// <summary>The friendly name in the store: the newest certificate with it.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateNotNullOrEmpty]
    public string? FriendlyName { get; set; }

    /// <summary>The subject in the store, or its common name: the newest certificate with it.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateNotNullOrEmpty]
    public string? Subject { get; set; }

    /// <summary>The thumbprint of the certificate in the store.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateNotNullOrEmpty]
    public string? Thumbprint { get; set; }

    /// <summary>How many certificates are read at once.</summary>
    protected virtual int Parallelism => 1;

    /// <summary>The text of the progress bar.</summary>
    protected abstract string Activity { get; }

    /// <summary>The paths of the parameter set in use. Each cmdlet declares its own <c>Path</c>.</summary>
    protected abstract IReadOnlyList<string>? Paths { get; }

    /// <summary>The password of the key; null if none was given.</summary>
    private protected KeyPassword? Password { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        RequireGiven(PathSet, [.. Paths ?? []]);
        RequireGiven(nameof(LiteralPath), LiteralPath);
        RequireGiven(nameof(KeyPath), KeyPath);
        isKeyGiven = IsGiven(nameof(KeyPath));
        inputs = new CertificateInputs(this, new FolderOptions(Recurse, FollowSymlink, Exclude), OnNothingFound) { IsKeyNamedByHand = isKeyGiven };
        Password = ReadPassword(KeyPassword, KeyPasswordFile);
        progress = new BatchProgress(Activity, TimeProvider.System, MyInvocation.ExpectingInput, Pump.Post, WriteProgress);
        batch = new CertificateBatch<object>(
            this, new WorkBatch(Pump, Parallelism, isOrdered: true), progress, new BatchNames(MyInvocation.ExpectingInput), (_, _, found) => WriteObject(found));
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        IReadOnlyList<CertificateInput> certificates = [];
        string? keyPath = null;
        Terminating(() =>
        {
            if (TryReadKeyPath(KeyPath, isKeyGiven, [KeyPath], out keyPath))
                certificates = inputs!.Find(Store is null ? Paths : FindInStore(Store), ParameterSetName is LiteralPathSet or StoreSet);
        });
        Start(certificates, (certificate, _) => Task.FromResult(Examine(certificate, keyPath)));
    }

    /// <summary>The stores and their records.</summary>
    private protected static StoreServices Services => StoreServices.ForReading(TimeProvider.System);

    private IReadOnlyList<string> FindInStore(string text)
    {
        var store = CertificateStoreName.Parse(text);
        return StoreSelection.TryRead(store, FriendlyName, Subject, Thumbprint) is { } path ? [path.Text] : CertificateInspector.ListStore(store, Services);
    }

    /// <summary>Starts the work on some inputs.</summary>
    private protected void Start(IReadOnlyList<CertificateInput> certificates, Func<string, CancellationToken, Task<object>> run) => batch!.Add(certificates, run);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        batch!.Drain();
        progress!.End();
    }

    /// <summary>Does the work of the cmdlet for one certificate file; on the thread pool, several at once.</summary>
    /// <param name="certificatePath">The full path of the certificate file.</param>
    /// <param name="keyPath">The full path of the key file; null for the one next to it.</param>
    /// <returns>The output.</returns>
    protected abstract object Examine(string certificatePath, string? keyPath);

    /// <summary>Called for a folder or pattern without a certificate.</summary>
    /// <exception cref="RenewalException">The cmdlet needs a certificate.</exception>
    protected virtual void OnNothingFound(string path) => throw CertificateInputs.NothingFound(path);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            batch?.Dispose();
            Password?.Dispose();
        }

        base.Dispose(disposing);
    }
}
