using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.DevCa.Pki;

/// <summary>The extensions of step-ca's default leaf template, in its order.</summary>
internal static class LeafExtensions
{
    /// <summary>The usage that a server certificate needs.</summary>
    public const string ServerAuth = "1.3.6.1.5.5.7.3.1";

    /// <summary>The usage that a client certificate needs.</summary>
    public const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    public static IEnumerable<X509Extension> ForProfile(LeafProfile profile, PublicKey key, X509Certificate2 issuer)
    {
        var usage = profile.DigitalSignature ? X509KeyUsageFlags.DigitalSignature : X509KeyUsageFlags.KeyAgreement;
        if (key.Oid.Value == "1.2.840.113549.1.1.1")
            usage |= X509KeyUsageFlags.KeyEncipherment;
        yield return new X509KeyUsageExtension(usage, critical: true);

        OidCollection purposes = [];
        if (profile.ServerAuth)
            purposes.Add(new Oid(ServerAuth));
        if (profile.ClientAuth)
            purposes.Add(new Oid(ClientAuth));
        yield return new X509EnhancedKeyUsageExtension(purposes, critical: false);
        yield return new X509SubjectKeyIdentifierExtension(key, critical: false);
        yield return AuthorityKeyIdentifier(issuer);
        if (profile.Sans.Count > 0)
            yield return SubjectAlternativeNames(profile.Sans);
        if (profile.Provisioner is var (name, keyId))
            yield return ProvisionerExtension.Create(name, keyId);
    }

    public static X509AuthorityKeyIdentifierExtension AuthorityKeyIdentifier(X509Certificate2 issuer) =>
        X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false);

    /// <summary>Adds each name with its kind, as step does.</summary>
    private static X509Extension SubjectAlternativeNames(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                builder.AddIpAddress(address);
            else if (name.Contains("://", StringComparison.Ordinal) || name.StartsWith("urn:", StringComparison.Ordinal))
                builder.AddUri(new Uri(name));
            else if (name.Contains('@', StringComparison.Ordinal))
                builder.AddEmailAddress(name);
            else
                builder.AddDnsName(name);
        }
        return builder.Build();
    }
}
