using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>Renders a new pair in the form of the old one.</summary>
/// <param name="paths">The files, links resolved: one file can be named in two ways.</param>
/// <param name="withKey">Whether the key is new.</param>
/// <param name="location">The password of the key, and whether the pair may be new.</param>
internal sealed class PemRenderer(PairPaths paths, bool withKey, PairLocation location)
{
    private readonly KeyPassword? password = location.KeyPassword;

    /// <summary>The content of both files.</summary>
    /// <param name="next">The new pair.</param>
    /// <param name="expected">The old content.</param>
    public PairVersion Render(KeyedCertificate next, PairVersion expected)
    {
        var oldCertificate = ReadOld(expected[0]);
        using var oldKey = withKey ? TryParse(expected[1], bytes => KeyFile.Parse(new InputFile(paths.Key, bytes, default), password)) : null;
        var keyModel = location.MayBeNew && !IsModel(oldKey) ? null : oldKey;
        var keyBlock = !paths.IsOneFile ? null : withKey ? KeyContent.RenderBlock(next.Key, keyModel, password) : oldCertificate is null ? KeyBlockOf(expected[1]) : null;
        var certificate = CertificateContent.Render(next.Leaf, next.Chain, location.MayBeNew && !IsModel(oldCertificate) ? null : oldCertificate, keyBlock);
        var key = paths.IsOneFile ? certificate : withKey ? KeyContent.Render(next.Key, keyModel, password) : expected[1];
        RequireLoadable(next, certificate, withKey || paths.IsOneFile ? key : null);
        return new PairVersion(certificate, key);
    }

    // A new key replaces all of the old files: an old key in the certificate file would stay.
    private bool IsModel(PemDocument? old) => old is not null && (paths.IsOneFile || !withKey || !old.HoldsKey);

    // A first certificate has the password that was given, whatever key was there before; a certificate next to the old key would stay.
    private bool IsModel(KeyFile? old) =>
        old is not null && (old.Format == KeyFormat.EncryptedPkcs8 || old.IsLegacyEncrypted) == (password is not null) && (paths.IsOneFile || !old.Document.Blocks.Any(block => block.IsCertificate));

    // A file that holds only a key keeps it as it is.
    private string? KeyBlockOf(byte[]? content) => content is null or [] ? null
        : PemDocument.Parse(new InputFile(paths.Key, content, default), "key file", ErrorId.KeyInvalid).Blocks.FirstOrDefault(block => block.IsPrivateKey)?.Text;

    // A renewal has read the certificate already.
    private PemDocument? ReadOld(byte[]? content)
    {
        if (!location.MayBeNew)
            return PemDocument.Parse(new InputFile(paths.Certificate, content!, default), "certificate file", ErrorId.CertificateInvalid);
        using var old = TryParse(content, bytes => CertificateFile.Parse(new InputFile(paths.Certificate, bytes, default)));
        return old?.Document;
    }

    // A file that cannot be read has no form to keep.
    private static T? TryParse<T>(byte[]? content, Func<byte[], T> parse)
        where T : class
    {
        try
        {
            return content is null or [] ? null : parse(content);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    // The answer was verified. This is about what was made of it, before it replaces anything: if the loader could not read
    // it, the pair would never be renewed again. A key file that stays was read at the start of the run.
    private void RequireLoadable(KeyedCertificate next, byte[] newCertificate, byte[]? newKey)
    {
        try
        {
            using var key = newKey is null ? null : KeyFile.Parse(new InputFile(paths.Key, newKey, default), password);
            if (CertificateFile.Holds(new InputFile(paths.Certificate, newCertificate, default), next.Leaf) && PairMatch.Matches(next.Leaf, key?.Key ?? next.Key))
                return;
        }
        catch (RenewalException e)
        {
            throw new InvalidOperationException($"The new certificate and key, as they would be written, cannot be read: {e.Message} Nothing was changed.", e);
        }

        throw new InvalidOperationException("The new certificate and key, as they would be written, do not match. Nothing was changed.");
    }
}
