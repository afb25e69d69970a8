using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Fixtures;

/// <summary>A root and an intermediate that sign whatever a test asks for, with any dates.</summary>
internal sealed class TestAuthority
{
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa intermediateKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestAuthority(string name = "Test")
    {
        Root = Authority($"CN={name} Root", rootKey, new X500DistinguishedName($"CN={name} Root"), rootKey);
        Intermediate = Authority($"CN={name} Intermediate", intermediateKey, Root.SubjectName, rootKey);
    }

    /// <summary>The one that most tests share.</summary>
    public static TestAuthority Default { get; } = new();

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>The root as the only one that is trusted.</summary>
    public TrustedRoots Trust() => TrustRoot(Root);

    /// <summary>Certificates as the only roots that are trusted.</summary>
    public static TrustedRoots TrustRoot(params X509Certificate2[] roots) => TrustedRoots.Parse(
        new CaSettings(new Uri("https://ca"), "root.crt", null), new InputFile("root.crt", Encoding.ASCII.GetBytes(string.Concat(roots.Select(root => root.ExportCertificatePem() + "\n"))), default));

    public TestPair Issue(LeafSpec? spec = null)
    {
        spec ??= new LeafSpec();
        var key = spec.Key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = spec.SubjectDer is null ? new X500DistinguishedName(spec.Subject) : new X500DistinguishedName(spec.SubjectDer);
        var request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        AddNames(request, spec);
        if (spec.Usages.Count > 0)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. spec.Usages.Select(oid => new Oid(oid))], critical: false));
        foreach (var (oid, data) in spec.Extensions)
            request.CertificateExtensions.Add(new X509Extension(oid, data, critical: false));
        return new TestPair(Sign(request, Intermediate.SubjectName, intermediateKey, spec.NotBefore, spec.NotAfter, spec.SerialNumber), key);
    }

    /// <summary>A leaf that the root signed itself, without the intermediate.</summary>
    public TestPair IssueByRoot(LeafSpec spec)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(spec.Subject, key, HashAlgorithmName.SHA256);
        AddNames(request, spec);
        return new TestPair(Sign(request, Root.SubjectName, rootKey, spec.NotBefore, spec.NotAfter, null), key);
    }

    private static X509Certificate2 Authority(string subject, ECDsa key, X500DistinguishedName issuer, ECDsa issuerKey)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        return Sign(request, issuer, issuerKey, From, To, null);
    }

    private static void AddNames(CertificateRequest request, LeafSpec spec)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in spec.DnsNames)
            names.AddDnsName(name);
        foreach (var name in spec.IPAddresses)
            names.AddIpAddress(IPAddress.Parse(name));
        foreach (var name in spec.EmailAddresses)
            names.AddEmailAddress(name);
        foreach (var name in spec.Uris)
            names.AddUri(new Uri(name));
        if (spec.DnsNames.Count + spec.IPAddresses.Count + spec.EmailAddresses.Count + spec.Uris.Count > 0)
            request.CertificateExtensions.Add(names.Build());
    }

    private static X509Certificate2 Sign(
        CertificateRequest request, X500DistinguishedName issuer, ECDsa issuerKey, DateTimeOffset notBefore, DateTimeOffset notAfter, byte[]? serial) =>
        request.Create(issuer, X509SignatureGenerator.CreateForECDsa(issuerKey), notBefore, notAfter, serial ?? NewSerial());

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        // Positive, and without a zero byte in front.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
