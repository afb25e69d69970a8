using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>What lies at the places of a pair and at the fixed names beside them, at one moment.</summary>
internal sealed class PairState
{
    private readonly Dictionary<string, byte[]?> content;
    private readonly KeyPassword? password;

    private PairState(Dictionary<string, byte[]?> content, KeyPassword? password) => (this.content, this.password) = (content, password);

    /// <summary>Looks at all places.</summary>
    /// <returns>Null where the certificate or the key may not be read: then nobody can say what belongs together.</returns>
    public static PairState? TryRead(IVolume volume, PairPaths paths, KeyPassword? password)
    {
        try
        {
            var content = new[] { paths.Certificate, paths.Key }.Distinct().ToDictionary(path => path, volume.Read);
            foreach (var path in paths.Leftovers)
                content[path] = ReadLeftover(volume, path);
            return new PairState(content, password);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What lies at a path; null where nothing does, or no regular file.</summary>
    public byte[]? this[string path] => content[path];

    // Somebody else's, if it can't be read; it must not stop a run.
    private static byte[]? ReadLeftover(IVolume volume, string path)
    {
        try
        {
            return volume.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether a certificate can be read at a path.</summary>
    public bool IsCertificate(string path) => CanRead(path, file => CertificateFile.Parse(file).Dispose());

    /// <summary>Whether a key can be read at a path; one that only another password opens is one as well.</summary>
    public bool IsKey(string path) => CanRead(path, file => KeyFile.Parse(file, password).Dispose());

    private bool CanRead(string path, Action<InputFile> read)
    {
        if (content[path] is not { Length: > 0 } bytes)
            return false;
        try
        {
            read(new InputFile(path, bytes, default));
            return true;
        }
        catch (RenewalException e)
        {
            return e.ErrorId is ErrorId.KeyPasswordRequired or ErrorId.KeyPasswordWrong or ErrorId.KeyUnsupported;
        }
    }

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
