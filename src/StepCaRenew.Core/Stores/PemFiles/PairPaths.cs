using StepCaRenew.FileSystem;
using StepCaRenew.Renewal;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// The files of a pair as they are replaced, links resolved, and the fixed names beside them: what a crash leaves is
/// found by these names alone, so that nothing on disk can say which file to touch.
/// </summary>
/// <param name="Certificate">The certificate file.</param>
/// <param name="Key">The key file; the certificate file itself where it holds both.</param>
internal sealed record PairPaths(string Certificate, string Key)
{
    /// <summary>Where the lock lies.</summary>
    public string Lock => Beside(Certificate, "lock");

    /// <summary>The new certificate before the exchange, the old one after it.</summary>
    public string StagedCertificate => Beside(Certificate, "new");

    /// <summary>The old certificate for a moment, where the file system can't exchange.</summary>
    public string OldCertificate => Beside(Certificate, "old");

    /// <summary>The new key before the exchange, the old one after it.</summary>
    public string StagedKey => Beside(Key, "new");

    /// <summary>The old key for a moment, where the file system can't exchange.</summary>
    public string OldKey => Beside(Key, "old");

    /// <summary>
    /// Where the record of actions and its lock lie: the state folder of a registered renewal, so that nobody can hold up or
    /// empty them who owns the pair. Null for next to the certificate.
    /// </summary>
    public string? RecordFolder { get; init; }

    /// <summary>The record of actions that are to follow a replacement.</summary>
    public string Pending => RecordNamed("pending");

    /// <summary>That record while it is written.</summary>
    public string StagedPending => RecordNamed("pending-new");

    /// <summary>Where the lock lies that is held while actions are owed by a run that goes on; it stays, like the other one.</summary>
    public string Acting => RecordNamed("acting");

    /// <summary>Whether both halves stand in one file.</summary>
    public bool IsOneFile => Certificate == Key;

    /// <summary>Everything that a crash can leave behind, but the locks and the record of actions, which has a life of its own.</summary>
    public IEnumerable<string> Leftovers => new[] { StagedCertificate, OldCertificate, StagedKey, OldKey, StagedPending }.Distinct();

    /// <summary>The folders that hold them.</summary>
    public IEnumerable<string> Folders => new[] { Certificate, Key }.Select(path => Path.GetDirectoryName(path)!).Distinct();

    /// <summary>Resolves the paths of a pair.</summary>
    /// <param name="certificatePath">The certificate file as the user knows it.</param>
    /// <param name="keyPath">The key file as the user knows it.</param>
    /// <exception cref="RenewalException">A link leads nowhere, or must not be followed.</exception>
    public static PairPaths Resolve(string certificatePath, string keyPath) => Of(TargetPath.Follow(certificatePath), TargetPath.Follow(keyPath));

    /// <summary>Resolves the paths of a request's pair.</summary>
    /// <param name="request">The request.</param>
    /// <param name="certificate">The certificate file, without links.</param>
    /// <param name="key">The key file, without links.</param>
    public static PairPaths Resolve(RenewalRequest request, string certificate, string key) =>
        Of(certificate, key) with { RecordFolder = request.RecordFolder };

    // One file by two spellings is one file: the properties above compare the text.
    private static PairPaths Of(string certificate, string key) => new(certificate, PathNames.AreSame(certificate, key) ? certificate : key);

    private string RecordNamed(string what) => RecordFolder is null ? Beside(Certificate, what) : Path.Combine(RecordFolder, what);

    private static string Beside(string path, string what) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.stepcarenew-{what}");
}
