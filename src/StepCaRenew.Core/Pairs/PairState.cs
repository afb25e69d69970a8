using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Pairs;

/// <summary>What lies at the places of a pair and at the fixed names beside them, at one moment.</summary>
internal sealed class PairState
{
    private readonly Dictionary<string, byte[]?> content;
    private readonly KeyPassword? password;

    private PairState(Dictionary<string, byte[]?> content, KeyPassword? password) => (this.content, this.password) = (content, password);

    /// <summary>Looks at all places.</summary>
    public static PairState Read(IVolume volume, PairPaths paths, KeyPassword? password) => new(
        paths.Leftovers.Append(paths.Certificate).Append(paths.Key).Distinct().ToDictionary(path => path, volume.Read), password);

    /// <summary>What lies at a path; null where nothing does, or no regular file.</summary>
    public byte[]? this[string path] => content[path];

    /// <summary>Whether the certificate at one path and the key at another belong together; what can't be read does not.</summary>
    public bool Match(string certificatePath, string keyPath)
    {
        if (content[certificatePath] is not { Length: > 0 } certificateBytes || content[keyPath] is not { Length: > 0 } keyBytes)
            return false;
        try
        {
            using var certificate = CertificateFile.Parse(new InputFile(certificatePath, certificateBytes, default));
            using var key = KeyFile.Parse(new InputFile(keyPath, keyBytes, default), password);
            return PairMatch.Matches(certificate.Leaf, key.Key);
        }
        catch (RenewalException)
        {
            // Damaged, half written, or under another password: it can't be one half of a pair.
            return false;
        }
    }
}
