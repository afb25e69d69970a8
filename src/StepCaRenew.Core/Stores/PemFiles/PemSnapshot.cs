using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.Policy;

namespace StepCaRenew.Stores.PemFiles;

/// <summary>A snapshot of a certificate file and a key file.</summary>
internal sealed class PemSnapshot : PairSnapshot
{
    private readonly PemDocument certificate;
    private readonly KeyFile key;
    private readonly IssuerCache? issuers;
    private CertificatePair? pair;

    private PemSnapshot(PemDocument certificate, KeyFile key, PairFacts facts, IssuerCache? issuers)
        : base(facts, new PairVersion(certificate.File.Bytes, key.Document.File.Bytes)) => (this.certificate, this.key, this.issuers) = (certificate, key, issuers);

    /// <summary>A pair that was loaded and matches; the snapshot disposes it.</summary>
    public PemSnapshot(CertificatePair pair)
        : this(pair.Certificate.Document, pair.KeyFile, pair.Facts, issuers: null) => this.pair = pair;

    /// <summary>Whether the certificate file holds the key.</summary>
    public bool IsKeyInCertificate => certificate.HoldsKey;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> FirstCertificate => certificate.Certificates.First();

    /// <inheritdoc/>
    public override KeyedCertificate Keyed => (pair ??= CertificatePair.FromFiles(CertificateFile.Parse(certificate, isKeyKnown: true, issuers: issuers), key)).Keyed;

    /// <summary>Takes a snapshot without decoding a certificate.</summary>
    /// <returns>Null unless the certificate file holds one leaf, and the key matches it; the key is disposed then.</returns>
    /// <param name="certificate">The certificate file.</param>
    /// <param name="key">The key file; the snapshot disposes it.</param>
    /// <param name="issuers">Caches the certificates of the chain; null if each is decoded.</param>
    public static PemSnapshot? TryCreate(PemDocument certificate, KeyFile key, IssuerCache? issuers = null)
    {
        if (FindLeaf(certificate) is { } leaf && PairMatch.Matches(leaf.PublicKey.Span, key.Key))
            return new PemSnapshot(certificate, key, FactsOf(certificate.File.Path, leaf, key), issuers);
        key.Dispose();
        return null;
    }

    /// <summary>Requires that a new key leaves no part of the old pair: no key in the certificate file, no certificate in the key file.</summary>
    /// <exception cref="RenewalException">One of the files holds both (<see cref="ErrorId.MixedPairFiles"/>).</exception>
    public void RequireUnmixed()
    {
        var (certificatePath, keyPath) = (certificate.File.Path, key.Path);
        var other = certificate.HoldsKey ? $"the certificate file '{certificatePath}' holds a key as well"
            : key.Document.Blocks.Any(block => block.IsCertificate) ? $"the key file '{keyPath}' holds a certificate as well"
            : null;
        if (other is not null)
            throw new RenewalException(
                ErrorId.MixedPairFiles, $"'{certificatePath}' cannot get a new key: {other}, and the old one would stay there. Nothing was changed.",
                "Keep certificate and key in one file (name it as both), or each in a file of its own.");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (pair is null)
            key.Dispose();
        else
            pair.Dispose();
    }

    private static PairFacts FactsOf(string certificatePath, CertificateOutline leaf, KeyFile key) => new(
        certificatePath, key.Path, key.Key.Algorithm, leaf.Subject, Convert.ToHexString(leaf.SerialNumber.Span),
        new CertificateValidity(leaf.NotBefore, leaf.NotAfter, CertificateSpread.ForCertificate(leaf.Issuer.Span, leaf.SerialNumber.Span)));

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
