using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The certificates that a call names: by paths, wildcards, folders, and through the pipeline.</summary>
/// <param name="cmdlet">The cmdlet, which reports paths that cannot be read.</param>
/// <param name="folders">How folders are searched.</param>
/// <param name="onNothingFound">Called for a folder or pattern without a certificate.</param>
internal sealed class CertificateInputs(StepCmdlet cmdlet, FolderOptions folders, Action<string> onNothingFound)
{
    private readonly CertificatePathResolver resolver = new(cmdlet, folders);
    private int found;

    /// <summary>Whether the key was named on the command line; a key from the pipeline belongs to its own object.</summary>
    public bool IsKeyNamedByHand { get; init; }

    /// <summary>The parameter of a file that is written from one certificate; null if there is none.</summary>
    public string? OnlyPublication { private get; set; }

    /// <summary>The files of some paths. Files that a folder or a pattern found are not read yet.</summary>
    /// <param name="paths">The paths; from the pipeline, they may be null or empty.</param>
    /// <param name="isLiteral">Whether wildcards have no meaning in them.</param>
    /// <exception cref="RenewalException">One key, or one file to publish to, was named for several certificates.</exception>
    public IReadOnlyList<CertificateInput> Find(IEnumerable<string?>? paths, bool isLiteral)
    {
        var all = new List<CertificateInput>();
        foreach (var path in AtLeastOne(paths))
        {
            try
            {
                all.AddRange(FindOne(path, isLiteral));
            }
            catch (RenewalException e)
            {
                cmdlet.Refuse(path ?? string.Empty, e);
            }
        }

        return IsKeyNamedByHand || OnlyPublication is not null ? RequireOne(all) : all;
    }

    /// <summary>The error of a folder or pattern that must have a certificate and has none.</summary>
    public static RenewalException NothingFound(string path) => new(
        ErrorId.NoCertificateFound, $"There is no certificate in or matching '{path}'.", "Check the path and its wildcards. Files with .crt, .cer, .cert, .pem and .der are found.");

    // An object of the pipeline without a path gets an error too.
    private static IReadOnlyList<string?> AtLeastOne(IEnumerable<string?>? paths) => [.. (paths ?? []).DefaultIfEmpty(null)];

    private List<CertificateInput> FindOne(string? path, bool isLiteral)
    {
        var areAllRead = true;
        var files = resolver.Resolve(path, isLiteral, error =>
        {
            areAllRead = false;
            cmdlet.Refuse(path!, error);
        });
        var source = new InputSource(path!, files.Count, () =>
        {
            if (areAllRead)
                cmdlet.NonTerminating(path!, () => onNothingFound(path!));
        });
        source.ReportIfNothing();
        return [.. files.Select(file => new CertificateInput(file.Path, file.IsNamed, source))];
    }

    // Checked before anything is done: one key belongs to one certificate, and one file is a form of one pair.
    private List<CertificateInput> RequireOne(List<CertificateInput> inputs)
    {
        var certificates = inputs.FindAll(IsCertificate);
        found += certificates.Count;
        if (found > 1 && OnlyPublication is not null)
            throw new RenewalException(
                ErrorId.PublicationForSeveral, $"One {OnlyPublication} was given for several certificates, which would overwrite each other in it.", $"Renew each certificate in a call of its own, with its own {OnlyPublication}.");
        if (found > 1)
            throw new RenewalException(
                ErrorId.KeyPathForSeveral, "One -KeyPath was given for several certificates.", "Name one certificate with its key, or leave out -KeyPath if the keys are next to their certificates.");
        return certificates.ConvertAll(input => input with { IsCertain = true });
    }

    private bool IsCertificate(CertificateInput input)
    {
        if (input.IsCertain)
            return true;
        var isCertificate = false;
        cmdlet.NonTerminating(input.Path, () => isCertificate = CertificateFolder.IsLeaf(input.Path));
        if (!isCertificate)
            input.Source.Done(isCertificate: false);
        return isCertificate;
    }
}

/// <summary>A file to work on.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="IsCertain">True if it is taken for a certificate; otherwise it may be a key, a root or a chain.</param>
/// <param name="Source">The path by which it was found.</param>
internal sealed record CertificateInput(string Path, bool IsCertain, InputSource Source);

/// <summary>A path as it was given. Whether any of its files is a certificate is known when all are done.</summary>
/// <param name="given">The path.</param>
/// <param name="count">How many files it led to.</param>
/// <param name="onNothingFound">Called when all are done and none was a certificate.</param>
internal sealed class InputSource(string given, int count, Action onNothingFound)
{
    private int left = count;
    private bool hasCertificate;

    /// <summary>The path as it was given.</summary>
    public string Given => given;

    /// <summary>Counts a file that is done.</summary>
    /// <param name="isCertificate">Whether it was a certificate.</param>
    public void Done(bool isCertificate)
    {
        hasCertificate |= isCertificate;
        if (--left == 0)
            ReportIfNothing();
    }

    /// <summary>Reports at once if there is no file at all.</summary>
    public void ReportIfNothing()
    {
        if (left == 0 && !hasCertificate)
            onNothingFound();
    }
}
