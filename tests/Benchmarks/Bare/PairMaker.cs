using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StepCaRenew.Benchmarks.Bare;

/// <summary>Makes many pairs fast, of P-256, as step-ca issues them: leaf and intermediate in NAME.crt, the key in NAME.key.</summary>
/// <param name="issuer">The intermediate, with its key.</param>
/// <param name="provisioner">The name of the provisioner.</param>
/// <param name="keyId">The id of its key.</param>
public sealed class PairMaker(X509Certificate2 issuer, string provisioner, string keyId)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly string issuerPem = issuer.ExportCertificatePem();

    /// <summary>Makes pairs of the same age.</summary>
    /// <param name="folder">Where they go; made where it isn't there.</param>
    /// <param name="count">How many.</param>
    /// <param name="age">How much of their 24 hours is over.</param>
    public void Make(string folder, int count, TimeSpan age)
    {
        Directory.CreateDirectory(folder);
        var begin = DateTimeOffset.UtcNow - age;
        Parallel.For(0, count, index => Make(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"host-{index:00000}")), begin));
    }

    private void Make(string path, DateTimeOffset begin)
    {
        var name = Path.GetFileName(path) + ".local";
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        foreach (var extension in Extensions(request, name))
            request.CertificateExtensions.Add(extension);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var leaf = request.Create(issuer, begin, begin + Lifetime, serial);
        File.WriteAllText(path + ".crt", $"{leaf.ExportCertificatePem()}\n{issuerPem}\n");
        File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private IEnumerable<X509Extension> Extensions(CertificateRequest request, string name)
    {
        yield return new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true);
        yield return new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false);
        yield return new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false);
        yield return X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        yield return names.Build();
        yield return new X509Extension("1.3.6.1.4.1.37476.9000.64.1", Provisioner(), critical: false);
    }

    // step's own extension says who issued it: type 1 is a JWK provisioner.
    private byte[] Provisioner()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(Encoding.UTF8.GetBytes(provisioner));
            writer.WriteOctetString(Encoding.UTF8.GetBytes(keyId));
        }

        return writer.Encode();
    }
}
