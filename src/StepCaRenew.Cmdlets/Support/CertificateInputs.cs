using StepCaRenew.Inspection;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The certificates that a call names: by paths, wildcards, folders, and through the pipeline.</summary>
/// <param name="cmdlet">The cmdlet, which is told of what can't be read.</param>
/// <param name="folders">How folders are searched.</param>
/// <param name="onNothingFound">Told of a folder or pattern in which there is no certificate.</param>
internal sealed class CertificateInputs(StepCmdlet cmdlet, FolderOptions folders, Action<string> onNothingFound)
{
    private readonly CertificatePathResolver resolver = new(cmdlet, folders);
    private int found;

    /// <summary>Whether the key was named by hand; one that comes with an object of the pipeline belongs to that object.</summary>
    public bool IsKeyNamedByHand { get; init; }

    /// <summary>The files of some paths. What a folder or a pattern found is read only when its turn comes.</summary>
    /// <param name="paths">The paths; from the pipeline, they may be null or empty.</param>
    /// <param name="isLiteral">Whether they are taken as they are.</param>
    /// <exception cref="RenewalException">One key was named for several certificates.</exception>
    public IReadOnlyList<CertificateInput> Find(IEnumerable<string?>? paths, bool isLiteral)
    {
        var all = new List<CertificateInput>();
        foreach (var path in OneAtLeast(paths))
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

        return IsKeyNamedByHand ? RequireOne(all) : all;
    }

    /// <summary>The error where someone counts on a certificate and there is none.</summary>
    public static RenewalException NothingFound(string path) => new(
        ErrorId.NoCertificateFound, $"There is no certificate in or matching '{path}'.", "Check the path and its wildcards; looked for are .crt, .cer, .cert, .pem and .der files.");

    // An object without a path is an object all the same.
    private static IReadOnlyList<string?> OneAtLeast(IEnumerable<string?>? paths) => [.. (paths ?? []).DefaultIfEmpty(null)];

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
        source.TellIfNothing();
        return [.. files.Select(file => new CertificateInput(file.Path, file.IsNamed, source))];
    }

    // Before anything is done: with a key for one certificate, nobody means two.
    private List<CertificateInput> RequireOne(List<CertificateInput> inputs)
    {
        var certificates = inputs.FindAll(IsCertificate);
        found += certificates.Count;
        return found > 1
            ? throw new RenewalException(
                ErrorId.KeyPathForSeveral, "One -KeyPath was given for several certificates.", "Name one certificate with its key, or leave -KeyPath out where keys lie beside their certificates.")
            : certificates.ConvertAll(input => input with { IsCertain = true });
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
