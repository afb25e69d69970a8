using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>A certificate of a file, by what tells its place in a chain; decoded only if it is needed.</summary>
internal sealed class ChainLink
{
    private readonly Func<X509Certificate2> decode;
    private X509Certificate2? certificate;

    private ChainLink(ReadOnlyMemory<byte> der, ReadOnlyMemory<byte> subject, ReadOnlyMemory<byte> issuer, bool isAuthority, Func<X509Certificate2> decode) =>
        (Der, SubjectName, IssuerName, IsAuthority, this.decode) = (der, subject, issuer, isAuthority, decode);

    /// <summary>The certificate as it is encoded.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Whether it may issue others.</summary>
    public bool IsAuthority { get; }

    /// <summary>The subject as text.</summary>
    public string Subject => new X500DistinguishedName(SubjectName.Span).Name;

    private ReadOnlyMemory<byte> SubjectName { get; }

    private ReadOnlyMemory<byte> IssuerName { get; }

    /// <summary>Makes the link of a certificate.</summary>
    /// <param name="der">The certificate as it is encoded.</param>
    /// <param name="decode">Decodes it; called at once where its outline can't be read.</param>
    public static ChainLink Create(ReadOnlyMemory<byte> der, Func<X509Certificate2> decode)
    {
        if (CertificateOutline.TryRead(der) is { } outline)
            return new ChainLink(der, outline.Subject, outline.Issuer, outline.IsAuthority, decode);
        var decoded = decode();
        return new ChainLink(der, decoded.SubjectName.RawData, decoded.IssuerName.RawData, ChainOrder.IsAuthority(decoded), decode) { certificate = decoded };
    }

    /// <summary>The certificate itself; it lives until <see cref="Release"/>.</summary>
    public X509Certificate2 Decode() => certificate ??= decode();

    /// <summary>Frees the certificate, if it was decoded.</summary>
    public void Release() => certificate?.Dispose();

    /// <summary>Whether it names itself as the issuer of another one.</summary>
    public bool Issued(ChainLink other) => SubjectName.Span.SequenceEqual(other.IssuerName.Span);

    /// <summary>Whether it is the same certificate: bundles that were put together by hand hold one twice.</summary>
    public bool IsSame(ChainLink other) => Der.Span.SequenceEqual(other.Der.Span);
}
