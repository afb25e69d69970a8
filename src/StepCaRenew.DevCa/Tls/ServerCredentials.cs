using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Tls;
using Org.BouncyCastle.Tls.Crypto;
using Org.BouncyCastle.Tls.Crypto.Impl.BC;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.DevCa.Tls;

/// <summary>The certificate and key of the server.</summary>
internal sealed class ServerCredentials
{
    private readonly TlsCertificate[] _chain;

    public ServerCredentials(CaIdentity ca, BcTlsCrypto crypto, IReadOnlyList<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The machine's clock, not the CA's, since clients check this certificate with theirs.
        var now = TimeProvider.System.GetUtcNow();
        var leaf = ca.Issuer.Issue(
            new()
            {
                Name = "DevCa",
                Sans = names,
                NotBefore = now.AddMinutes(-5),
                NotAfter = now.AddDays(90),
            },
            new PublicKey(key));
        Key = PrivateKeyFactory.CreateKey(key.ExportPkcs8PrivateKey());
        _chain = [.. ca.Intermediates.Prepend(leaf).Select(c => crypto.CreateCertificate(c.RawData))];
        Authorities = [.. ca.Roots.Concat(ca.Intermediates).Select(c => X509Name.GetInstance(c.SubjectName.RawData))];
    }

    public AsymmetricKeyParameter Key { get; }

    /// <summary>The names of the accepted CAs for client certificates.</summary>
    public IList<X509Name> Authorities { get; }

    public Certificate CertificateFor(ProtocolVersion version) => TlsUtilities.IsTlsV13(version)
        ? new Certificate(TlsUtilities.EmptyBytes, [.. _chain.Select(c => new CertificateEntry(c, null))])
        : new Certificate(_chain);
}
