using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>
/// A pair as a store held it at one moment. The facts that decide about a renewal are read at once; the certificates are
/// decoded when they are needed, which takes longer than all other work on a pair that is not due.
/// </summary>
internal sealed class PairSnapshot : IDisposable
{
    private readonly PemDocument certificate;
    private readonly KeyFile key;
    private CertificatePair? pair;

    private PairSnapshot(PemDocument certificate, KeyFile key, PairFacts facts)
    {
        (this.certificate, this.key, Facts) = (certificate, key, facts);
        Version = new PairVersion(certificate.File.Bytes, key.Document.File.Bytes);
    }

    /// <summary>A pair that was loaded and matches; the snapshot disposes it.</summary>
    public PairSnapshot(CertificatePair pair)
        : this(pair.Certificate.Document, pair.KeyFile, PairFacts.FromPair(pair)) => this.pair = pair;

    /// <summary>The facts that decide about a renewal.</summary>
    public PairFacts Facts { get; }

    /// <summary>The version of the pair.</summary>
    public PairVersion Version { get; }

    /// <summary>Whether the certificate file holds the key.</summary>
    public bool IsKeyInCertificate => certificate.HoldsKey;

    /// <summary>The first certificate of the file, as DER.</summary>
    public ReadOnlyMemory<byte> FirstCertificate => certificate.Certificates.First();

    /// <summary>The pair, decoded. It belongs to the snapshot.</summary>
    /// <exception cref="RenewalException">A certificate cannot be decoded.</exception>
    public CertificatePair Pair => pair ??= CertificatePair.FromFiles(CertificateFile.Parse(certificate, isKeyKnown: true), key);

    /// <summary>Takes a snapshot without decoding a certificate.</summary>
    /// <returns>Null unless the certificate file holds one leaf, and the key matches it; the key is disposed then.</returns>
    public static PairSnapshot? TryCreate(PemDocument certificate, KeyFile key)
    {
        if (FindLeaf(certificate) is { } leaf && PairMatch.Matches(leaf.PublicKey.Span, key.Key))
            return new PairSnapshot(certificate, key, PairFacts.FromOutline(certificate.File.Path, leaf, key));
        key.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (pair is null)
            key.Dispose();
        else
            pair.Dispose();
    }

    // One leaf, alone or among issuers. Anything else needs the full load.
    private static CertificateOutline? FindLeaf(PemDocument certificate)
    {
        CertificateOutline? leaf = null;
        foreach (var der in certificate.Certificates)
        {
            if (CertificateOutline.TryRead(der) is not { } outline || (leaf is not null && !outline.IsAuthority))
                return null;
            if (!outline.IsAuthority)
                leaf = outline;
        }

        return leaf;
    }
}
