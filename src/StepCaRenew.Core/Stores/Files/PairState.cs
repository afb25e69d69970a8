using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.Files;

/// <summary>The content of the files of a pair and of its leftovers at one moment.</summary>
internal sealed class PairState
{
    private readonly Dictionary<string, byte[]?> content;
    private readonly IPairForm form;

    private PairState(Dictionary<string, byte[]?> content, IPairForm form) => (this.content, this.form) = (content, form);

    /// <summary>Reads all files.</summary>
    /// <returns>Null if the certificate or the key cannot be read: then nothing says which files match.</returns>
    public static PairState? TryRead(IVolume volume, PairPaths paths, IPairForm form)
    {
        try
        {
            var content = new[] { paths.Certificate, paths.Key }.Distinct().ToDictionary(path => path, volume.Read);
            foreach (var path in paths.Leftovers)
                content[path] = ReadLeftover(volume, path);
            return new PairState(content, form);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The content of a file; null if there is none, or it is not a regular file.</summary>
    public byte[]? this[string path] => content[path];

    // A leftover that cannot be read is not from this module, and must not stop a run.
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

    private bool IsCertificate(string path) => CanRead(path, file => form.ReadCertificate(file));

    // Even one with another password.
    private bool IsKey(string path) => CanRead(path, form.ReadKey);

    /// <summary>
    /// Whether certificate and key match, or at least each is what its name says: then another process may be deploying.
    /// An empty file, for example, is neither.
    /// </summary>
    public bool IsPairOrDeployment(PairPaths paths) => Match(paths.Certificate, paths.Key) || (IsCertificate(paths.Certificate) && IsKey(paths.Key));

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

    /// <summary>Whether a certificate and a key match; false if one of them cannot be read.</summary>
    public bool Match(string certificatePath, string keyPath)
    {
        if (content[certificatePath] is not { Length: > 0 } certificateBytes || content[keyPath] is not { Length: > 0 } keyBytes)
            return false;
        try
        {
            return form.Match(new InputFile(certificatePath, certificateBytes, default), new InputFile(keyPath, keyBytes, default));
        }
        catch (RenewalException)
        {
            // Damaged, incomplete, or encrypted with another password.
            return false;
        }
    }
}
