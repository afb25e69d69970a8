using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Certificates;

/// <summary>A certificate of a file with the fields that give its place in the chain; decoded only if needed.</summary>
internal sealed class ChainLink
{
    private readonly Func<X509Certificate2> decode;
    private X509Certificate2? certificate;

    private ChainLink(ReadOnlyMemory<byte> der, ReadOnlyMemory<byte> subject, ReadOnlyMemory<byte> issuer, bool isAuthority, Func<X509Certificate2> decode) =>
        (Der, SubjectName, IssuerName, IsAuthority, this.decode) = (der, subject, issuer, isAuthority, decode);

    /// <summary>The certificate, DER.</summary>
    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>Whether it is a CA certificate.</summary>
    public bool IsAuthority { get; }

    /// <summary>The subject as text.</summary>
    public string Subject => new X500DistinguishedName(SubjectName.Span).Name;

    private ReadOnlyMemory<byte> SubjectName { get; }

    private ReadOnlyMemory<byte> IssuerName { get; }

    /// <summary>Reads a certificate; <paramref name="decode"/> is called at once if its outline cannot be read.</summary>
    public static ChainLink Create(ReadOnlyMemory<byte> der, Func<X509Certificate2> decode)
    {
        if (CertificateOutline.TryRead(der) is { } outline)
            return new ChainLink(der, outline.Subject, outline.Issuer, outline.IsAuthority, decode);
        var decoded = decode();
        return new ChainLink(der, decoded.SubjectName.RawData, decoded.IssuerName.RawData, ChainOrder.IsAuthority(decoded), decode) { certificate = decoded };
    }

    /// <summary>The decoded certificate; valid until <see cref="Release"/>.</summary>
    public X509Certificate2 Decode() => certificate ??= decode();

    /// <summary>Disposes the certificate if it was decoded.</summary>
    public void Release() => certificate?.Dispose();

    /// <summary>Whether its subject is the issuer of another certificate, by name.</summary>
    public bool Issued(ChainLink other) => SubjectName.Span.SequenceEqual(other.IssuerName.Span);

    /// <summary>Whether it is the same certificate: a bundle made by hand may hold one twice.</summary>
    public bool IsSame(ChainLink other) => Der.Span.SequenceEqual(other.Der.Span);
}
