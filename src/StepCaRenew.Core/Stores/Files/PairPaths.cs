using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>
/// The files of a pair, links resolved, and the fixed names next to them. Leftovers of a crash are found by these names
/// alone, so that no content on disk can decide which file is replaced.
/// </summary>
/// <param name="Certificate">The certificate file.</param>
/// <param name="Key">The key file; the certificate file if that holds both.</param>
internal sealed record PairPaths(string Certificate, string Key)
{
    /// <summary>The lock file of the certificate.</summary>
    public string Lock => NextTo(Certificate, "lock");

    /// <summary>The lock file of the key: another certificate can have the same key.</summary>
    public string KeyLock => NextTo(Key, "lock");

    /// <summary>The lock files that a run holds.</summary>
    public string[] Locks => IsOneFile ? [Lock] : [Lock, KeyLock];

    /// <summary>The new certificate before the exchange, the old one after it.</summary>
    public string StagedCertificate => NextTo(Certificate, "new");

    /// <summary>The old certificate during a replacement, if the file system cannot exchange two files.</summary>
    public string OldCertificate => NextTo(Certificate, "old");

    /// <summary>The new key before the exchange, the old one after it.</summary>
    public string StagedKey => NextTo(Key, "new");

    /// <summary>The old key during a replacement, if the file system cannot exchange two files.</summary>
    public string OldKey => NextTo(Key, "old");

    /// <summary>
    /// The folder of the record of actions and of its lock: the state folder of a registered renewal, so that the owner of the
    /// pair can neither block nor empty them. Null for the folder of the certificate.
    /// </summary>
    public string? RecordFolder { get; init; }

    /// <summary>The beginning of the names in that folder, if the renewal has several certificates.</summary>
    public string? RecordName { get; init; }

    /// <summary>The record of actions that are to follow a replacement.</summary>
    public string Pending => RecordNamed("pending");

    /// <summary>The record while it is written.</summary>
    public string StagedPending => RecordNamed("pending-new");

    /// <summary>The lock file that a run holds while it has actions to run.</summary>
    public string Acting => RecordNamed("acting");

    /// <summary>Whether one file holds certificate and key.</summary>
    public bool IsOneFile => Certificate == Key;

    /// <summary>Everything that an interrupted replacement can leave, without the locks and the record of actions.</summary>
    public string[] Leftovers => IsOneFile ? [StagedCertificate, OldCertificate, StagedPending] : [StagedCertificate, OldCertificate, StagedKey, OldKey, StagedPending];

    /// <summary>The folders that hold them.</summary>
    public IEnumerable<string> Folders => new[] { Certificate, Key }.Select(path => Path.GetDirectoryName(path)!).Distinct();

    /// <summary>Resolves the paths of a pair as the user named them.</summary>
    /// <exception cref="RenewalException">A link leads nowhere, or must not be followed.</exception>
    public static PairPaths Resolve(string certificatePath, string keyPath) => Create(TargetPath.Follow(certificatePath), TargetPath.Follow(keyPath));

    /// <summary>The paths of a pair whose links were followed.</summary>
    public static PairPaths Resolve(PairLocation location, string certificate, string key) =>
        Create(certificate, key) with { RecordFolder = location.RecordFolder, RecordName = location.RecordName };

    // The properties above compare the text, so that one file must have one spelling.
    private static PairPaths Create(string certificate, string key) => new(certificate, PathNames.AreSame(certificate, key) ? certificate : key);

    private string RecordNamed(string what) => RecordFolder is null ? NextTo(Certificate, what) : Path.Combine(RecordFolder, RecordName is null ? what : $"{RecordName}-{what}");

    private static string NextTo(string path, string what)
    {
        var name = Path.GetFileName(path.AsSpan());
        return string.Concat(path.AsSpan(0, path.Length - name.Length), $".{name}.stepcarenew-{what}");
    }
}
