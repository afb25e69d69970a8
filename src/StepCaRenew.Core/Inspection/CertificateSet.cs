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

    /// <summary>The name of a certificate's files in the state folder.</summary>
    public static string RecordName(string path) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8));

    private IReadOnlyList<string> FindFiles(Action<RenewalException> onUnreadable)
    {
        var search = new CertificateSearch(Recurse, FollowSymlink, onUnreadable, Exclude);
        if (!PathPattern.HasWildcards(Path))
        {
            if (File.Exists(PathPattern.ToLiteral(Path)))
                search.AddFile(PathPattern.ToLiteral(Path));
            else
                search.AddFolder(PathPattern.ToLiteral(Path));
            return search.Files;
        }

        foreach (var match in PathPattern.Find(Path))
        {
            if (Directory.Exists(match))
                TryAdd(search, match, onUnreadable);
            else
                search.AddFile(match);
        }

        return search.Files;
    }

    private static void TryAdd(CertificateSearch search, string folder, Action<RenewalException> onUnreadable)
    {
        try
        {
            search.AddFolder(folder);
        }
        catch (RenewalException e)
        {
            onUnreadable(e);
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
