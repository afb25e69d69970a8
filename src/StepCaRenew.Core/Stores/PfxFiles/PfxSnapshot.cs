using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Pfx;
using StepCaRenew.Policy;

namespace StepCaRenew.Stores.PfxFiles;

/// <summary>A snapshot of a PFX file, which it disposes.</summary>
internal sealed class PfxSnapshot(PfxFile pfx) : PairSnapshot(FactsOf(pfx), VersionOf(pfx.File.Bytes))
{
    private KeyedCertificate? keyed;

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> FirstCertificate => pfx.LeafDer;

    /// <inheritdoc/>
    public override KeyedCertificate Keyed => keyed ??= pfx.Keyed;

    /// <summary>The version of a file: one content is certificate and key.</summary>
    public static PairVersion VersionOf(byte[]? content) => new(content, content);

    /// <summary>The facts of the pair in a file.</summary>
    public static PairFacts FactsOf(PfxFile pfx) => CertificateOutline.TryRead(pfx.LeafDer) is { } leaf
        ? new(
            pfx.Path, pfx.Path, pfx.Key.Algorithm, leaf.Subject, Convert.ToHexString(leaf.SerialNumber.Span),
            new CertificateValidity(leaf.NotBefore, leaf.NotAfter, CertificateSpread.ForCertificate(leaf.Issuer.Span, leaf.SerialNumber.Span)))
        : new(pfx.Path, pfx.Path, pfx.Key.Algorithm, pfx.Leaf.SubjectName.RawData, pfx.Leaf.SerialNumber, CertificateValidity.FromCertificate(pfx.Leaf));

    /// <inheritdoc/>
    public override void Dispose() => pfx.Dispose();
}
