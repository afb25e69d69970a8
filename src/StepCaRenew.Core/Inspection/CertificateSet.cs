using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using StepCaRenew.FileSystem;
using StepCaRenew.Json;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Inspection;

/// <summary>
/// The certificates of a renewal that is registered for a folder or a pattern: those that are there at the time of a run. The rules are
/// those of a folder or a pattern that is given to a cmdlet.
/// </summary>
internal sealed record CertificateSet
{
    /// <summary>
    /// The most certificates that one run renews. An account that can write in the folder decides how many there are, and each has its
    /// part in the state, the metrics and the log.
    /// </summary>
    public const int MostCertificates = 5000;

    /// <summary>The full path of a folder, or with wildcards; see <see cref="PathPattern"/>.</summary>
    [JsonConverter(typeof(FullPathConverter))]
    public string Path { get; init => field = value ?? string.Empty; } = string.Empty;

    /// <summary>Names of files and subfolders that are left out; wildcards are allowed.</summary>
    public IReadOnlyList<string> Exclude { get; init => field = value ?? []; } = [];

    /// <summary>Whether subfolders are searched.</summary>
    public bool Recurse { get; init; }

    /// <summary>Whether subfolders that are links are searched.</summary>
    public bool FollowSymlink { get; init; }

    /// <summary>The path for messages: a folder as it is, or the pattern.</summary>
    [JsonIgnore]
    internal string Display => PathPattern.HasWildcards(Path) ? Path : PathPattern.ToLiteral(Path);

    /// <summary>The folder above all certificates.</summary>
    [JsonIgnore]
    internal string Folder => PathPattern.FolderOf(Path);

    /// <summary>The certificate files, without keys, roots and chains. One that cannot be read is among them: what uses it reports the error.</summary>
    /// <param name="onUnreadable">Receives the error of a subfolder that cannot be read.</param>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
    public IReadOnlyList<string> Find(Action<RenewalException> onUnreadable) => [.. FindFiles(onUnreadable).Where(IsCertificate)];

    /// <summary>The same; an error if there is none.</summary>
    /// <inheritdoc cref="Find"/>
    /// <exception cref="RenewalException">The folder cannot be read, or has no certificate (<see cref="ErrorId.NoCertificateFound"/>).</exception>
    public IReadOnlyList<string> Require(Action<RenewalException> onUnreadable) => Find(onUnreadable) is { Count: > 0 } found ? found : throw new RenewalException(
        ErrorId.NoCertificateFound, $"There is no certificate in or matching '{Display}'.", "Check the path and its wildcards. Files with .crt, .cer, .cert, .pem and .der are found.");

    /// <summary>Whether a path is one that can be found, by its text alone.</summary>
    public bool Covers(string path) =>
        System.IO.Path.IsPathFullyQualified(path) && System.IO.Path.GetFullPath(path) == path && !System.IO.Path.GetRelativePath(Folder, path).StartsWith("..", StringComparison.Ordinal);

    /// <summary>The error of certificates that a run leaves out.</summary>
    /// <param name="left">How many.</param>
    public RenewalException TooMany(int left) => new(
        ErrorId.TooManyCertificates, $"There are {MostCertificates + left:N0} certificates in or matching '{Display}'; one renewal takes {MostCertificates:N0}, so {left:N0} were left out.",
        "Remove files that are not used, or register a renewal for each subfolder or with a narrower pattern.");

    /// <summary>The name of a certificate's files in the state folder.</summary>
    public static string RecordName(string path) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8));

    private IReadOnlyList<string> FindFiles(Action<RenewalException> onUnreadable)
    {
        var search = new CertificateSearch(Recurse, FollowSymlink, onUnreadable, Exclude);
        if (!PathPattern.HasWildcards(Path))
        {
            Add(search, PathPattern.ToLiteral(Path), onUnreadable: null);
            return search.Files;
        }

        foreach (var match in PathPattern.Find(Path, onUnreadable))
            Add(search, match, onUnreadable);
        return search.Files;
    }

    // Of what a pattern finds, a link of another account is not looked up, whether it leads to a file or to a folder: its run reports it.
    private static void Add(CertificateSearch search, string path, Action<RenewalException>? onUnreadable)
    {
        try
        {
            if (!IsFolder(path) && (onUnreadable is not null || OpenFolders.IsFile(path)))
                search.AddFile(path);
            else
                search.AddFolder(path);
        }
        catch (RenewalException e) when (onUnreadable is not null)
        {
            onUnreadable(e);
        }
    }

    private static bool IsFolder(string path)
    {
        if (!OperatingSystem.IsLinux())
            return Directory.Exists(path);
        try
        {
            using var folder = OpenFolder.Follow(path);
            return true;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // A link is followed only as far as a run would follow it: the error is part of the public state.
    private static bool IsCertificate(string path)
    {
        try
        {
            using var folders = new OpenFolders();
            return CertificateFolder.IsLeaf(path, file => folders.OpenToRead(folders.Follow(file)));
        }
        catch (RenewalException)
        {
            return true;
        }
    }
}
