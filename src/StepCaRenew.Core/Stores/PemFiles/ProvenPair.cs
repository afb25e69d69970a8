using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>What two files hold that are known to belong together: where the same bytes lie again, nothing is decoded again.</summary>
/// <param name="Certificate">The content of the certificate file.</param>
/// <param name="Key">The content of the key file; the same where one file holds both.</param>
internal sealed record ProvenPair(byte[] Certificate, byte[] Key)
{
    /// <summary>Whether the files hold just that now.</summary>
    public bool IsAt(string certificatePath, string keyPath, Func<string, SmallFile> open)
    {
        try
        {
            return Is(InputFile.Read(certificatePath, "certificate file", open).Bytes, InputFile.Read(keyPath, "key file", open).Bytes);
        }
        catch (RenewalException)
        {
            // Whoever loads them says why.
            return false;
        }
    }

    /// <summary>Whether two contents are those.</summary>
    public bool Is(byte[]? certificate, byte[]? key) => certificate.AsSpan().SequenceEqual(Certificate) && key.AsSpan().SequenceEqual(Key);
}
