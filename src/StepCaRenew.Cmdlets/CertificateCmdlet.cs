using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates;
using StepCaRenew.Cmdlets.Support;

namespace StepCaRenew.Cmdlets;

/// <summary>What all cmdlets over certificates on disk have in common: which files, and the key's password.</summary>
public abstract class CertificateCmdlet : PSCmdlet
{
    /// <summary>The parameter set of paths with wildcards.</summary>
    protected const string PathSet = "Path";

    /// <summary>The parameter set of paths as they are.</summary>
    protected const string LiteralPathSet = "LiteralPath";

    private KeyPassword? password;
    private int processed;
    private bool isKeyNamedByHand;

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
    protected KeyPassword? Password => password;

    /// <inheritdoc/>
    protected override void BeginProcessing() => Terminating(() =>
    {
        // One that comes with an object of the pipeline is bound later, and belongs to that object.
        isKeyNamedByHand = KeyPath is not null;
        if (KeyPassword is not null && KeyPasswordFile is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-KeyPassword and -KeyPasswordFile were both given.", "Give one of them.");
        password = KeyPassword is not null ? KeyPasswords.From(KeyPassword)
            : KeyPasswordFile is not null ? Certificates.KeyPassword.FromFile(FullPath(KeyPasswordFile))
            : null;
    });

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var certificates = Find();
        processed += certificates.Count;
        if (isKeyNamedByHand && processed > 1)
            Terminating(() => throw new RenewalException(
                ErrorId.KeyPathForSeveral, "One -KeyPath was given for several certificates.", "Name one certificate with its key, or leave -KeyPath out where keys lie beside their certificates."));
        for (var index = 0; index < certificates.Count; index++)
        {
            var certificate = certificates[index];
            NonTerminating(certificate, () => Process(certificate, KeyPath is null ? null : FullPath(KeyPath)));
            OnProgress(index + 1, certificates.Count);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => password?.Dispose();

    /// <summary>Does the cmdlet's work for one certificate file.</summary>
    /// <param name="certificatePath">The full path of the certificate file.</param>
    /// <param name="keyPath">The full path of the key file; null for the one beside it.</param>
    protected abstract void Process(string certificatePath, string? keyPath);

    /// <summary>Told after each certificate of one input, to show progress.</summary>
    /// <param name="done">How many are done.</param>
    /// <param name="total">Of how many.</param>
    protected virtual void OnProgress(int done, int total)
    {
    }

    /// <summary>Told of a folder or pattern in which there is no certificate: an error where someone counts on one.</summary>
    /// <param name="path">The path as it was given.</param>
    /// <exception cref="RenewalException">Where nothing is not a good answer.</exception>
    protected virtual void OnNothingFound(string path) => throw new RenewalException(
        ErrorId.NoCertificateFound, $"There is no certificate in or matching '{path}'.", "Check the path and its wildcards; looked for are .crt, .cer, .cert, .pem and .der files.");

    /// <summary>Tells of an error that does not end the call.</summary>
    /// <param name="problem">The error.</param>
    protected virtual void Report(ErrorRecord problem) => WriteError(problem);

    /// <summary>The full path of a file that a parameter names, by PowerShell's present folder.</summary>
    /// <param name="path">The path.</param>
    /// <exception cref="RenewalException">It is not in the file system.</exception>
    protected string FullPath(string path) => new CertificatePathResolver(this, recurse: false).ResolveLiteral(path);

    /// <summary>Runs what ends the whole call if it fails.</summary>
    /// <param name="action">What to do.</param>
    protected void Terminating(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        try
        {
            action();
        }
        catch (RenewalException e)
        {
            var problem = ErrorRecords.From(e, null);
            OnTerminating(problem);
            ThrowTerminatingError(problem);
        }
    }

    /// <summary>Told of an error before it ends the call.</summary>
    /// <param name="problem">The error.</param>
    protected virtual void OnTerminating(ErrorRecord problem)
    {
    }

    private void NonTerminating(string target, Action action)
    {
        try
        {
            action();
        }
        catch (RenewalException e)
        {
            Report(ErrorRecords.From(e, target));
        }
    }

    private List<string> Find()
    {
        var resolver = new CertificatePathResolver(this, SearchesFoldersInFolders);
        var all = new List<string>();
        foreach (var path in Paths)
        {
            NonTerminating(path, () =>
            {
                var found = resolver.Resolve(path, ParameterSetName == LiteralPathSet).ToList();
                var certificates = found.Where(IsCertificate).Select(file => file.Path).ToList();
                if (certificates.Count == 0 && !found.Exists(file => file.IsNamed))
                    OnNothingFound(path);
                all.AddRange(certificates);
            });
        }

        return all;
    }

    // What a folder or a pattern found may be a key, a root or a chain; a damaged certificate is an error, and told.
    private bool IsCertificate(FoundPath file)
    {
        if (file.IsNamed)
            return true;
        var isCertificate = false;
        NonTerminating(file.Path, () =>
        {
            using var certificate = CertificateFolder.TryLoad(file.Path);
            isCertificate = certificate is not null;
        });
        return isCertificate;
    }
}
