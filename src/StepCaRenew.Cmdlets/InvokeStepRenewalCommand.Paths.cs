using System.Management.Automation;
using System.Security;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>Certificates that are named by their paths. The parameters say how they are renewed.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    private readonly List<PairLocation> pairs = [];
    private CertificateInputs? inputs;
    private CertificateBatch<RenewalOutcome>? batch;
    private RenewalRequest? template;
    private bool isKeyGiven;

    /// <summary>Certificate files, or folders with certificates; wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? Path { get; set; } = [];

    /// <summary>Certificate files, or folders with certificates; wildcards have no meaning.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "CertificatePath")]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[]? LiteralPath { get; set; } = [];

    /// <summary>The key file, if it is not next to the certificate.</summary>
    // By property name in one set only, for the reason in CertificateCmdlet.
    [Parameter(Position = 1, ParameterSetName = PathSet)]
    [Parameter(Position = 1, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Without a path: the subject, or the common name, of the certificate in -Store.</summary>
    [Parameter(ParameterSetName = RegisteredSet)]
    [ValidateNotNullOrEmpty]
    public string? Subject { get; set; }

    /// <summary>Without a path: the thumbprint of the certificate in -Store.</summary>
    [Parameter(ParameterSetName = RegisteredSet)]
    [ValidateNotNullOrEmpty]
    public string? Thumbprint { get; set; }

    private protected override bool HasPairInStore => isInStore;

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

    /// <summary>The password of an encrypted key.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public SecureString? KeyPassword { get; set; }

    /// <summary>The password of the PFX file.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public SecureString? PfxPassword { get; set; }

    /// <summary>A script block to run after a renewal.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [ValidateNotNull]
    public ScriptBlock? ScriptBlock { get; set; }

    private void BeginPaths()
    {
        RequireGiven(nameof(Path), Path);
        RequireGiven(nameof(LiteralPath), LiteralPath);
        RequireGiven(nameof(KeyPath), KeyPath);
        isKeyGiven = IsGiven(nameof(KeyPath));
        inputs = new CertificateInputs(this, new FolderOptions(Recurse, FollowSymlink, Exclude), NothingFound) { IsKeyNamedByHand = isKeyGiven };
        template = ReadTemplate();
        // A store takes many pairs, each with a friendly name of its own.
        inputs.OnlyPublication = template.Publications.FirstOrDefault(publication => publication.FilePath is not null)?.Parameter;
        host = ReadHost();
        foreach (var action in template.Actions.Concat(template.OnFailure.Select(notifier => notifier.Action)))
            action.RequireRunnable(host);
        batch = new CertificateBatch<RenewalOutcome>(
            this, new WorkBatch(Pump, ThrottleLimit), progress!, new BatchNames(MyInvocation.ExpectingInput), (input, name, outcome) =>
            {
                notices?.RecordSuccess(input.Source.Given);
                Report(outcome, ErrorOf(input, name, outcome.Error));
            });
    }

    private void AddPaths()
    {
        IReadOnlyList<CertificateInput> certificates = [];
        var request = template!;
        Terminating(() =>
        {
            var isLiteral = ParameterSetName == LiteralPathSet || isInStore;
            var paths = isInStore ? [ReadStorePath()] : isLiteral ? LiteralPath : Path;
            if (TryReadKeyPath(KeyPath, isKeyGiven, paths, out var keyPath))
                certificates = inputs!.Find(paths, isLiteral);
            request = template! with { KeyPath = keyPath };
        });
        lock (pairs)
            pairs.AddRange(certificates.Select(certificate => new PairLocation(certificate.Path, request.KeyPath)));
        Serve(() => batch!.Add(certificates, (path, stopping) => RenewAsync(request with { CertificatePath = path }, stopping)));
        // After an error that ends the call no work is started, and the error is written last.
        if (batch!.IsEnding)
            EndProcessing();
    }

    private string ReadStorePath()
    {
        var store = CertificateStoreName.Parse(Store ?? throw Conflict("-Subject or -Thumbprint was given without -Store.", "Name the certificate store in -Store."));
        return StoreSelection.TryRead(store, FriendlyName, Subject, Thumbprint)?.Text
            ?? throw Conflict("-Store was given without a certificate.", "To renew a certificate in the store, name it by -FriendlyName, -Subject or -Thumbprint. To put one from a file there, name the file in -Path.");
    }

    // The request without the paths, for all certificates of the call.
    private RenewalRequest ReadTemplate()
    {
        var settings = ReadSettings(ScriptBlock, PfxPassword);
        return new RenewalRequest(settings)
        {
            CertificatePath = string.Empty,
            KeyPassword = ReadPassword(KeyPassword, KeyPasswordFile) ?? ReadConfiguredPassword(settings.Ca),
            Rule = settings.Rule with { IsForced = Force },
            ApproveAsync = Approve,
            FindOthers = FindOthers,
        };
    }

    private void Serve(Action work)
    {
        try
        {
            work();
        }
        catch (PipelineStoppedException)
        {
            // A warning with -WarningAction Stop may be the reason; the waiting results are written then.
            Send();
            throw;
        }
    }

    private IReadOnlyList<PairLocation> FindOthers()
    {
        lock (pairs)
            return [.. pairs, .. registrations.Pairs];
    }
}
