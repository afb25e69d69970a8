using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Pki;

namespace StepCaRenew.Integration.Contract;

/// <summary>Assertions about a leaf.</summary>
internal static class LeafAssert
{
    private const string AuthorityKey = "2.5.29.35";
    private const string SubjectKey = "2.5.29.14";

    public static X509SubjectAlternativeNameExtension Names(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();

    public static IEnumerable<string> Purposes(X509Certificate2 leaf) =>
        leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Single().EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value!);

    /// <summary>Extensions in step's order, matching key identifiers, server and client usage.</summary>
    public static void IsDefaultLeaf(X509Certificate2 leaf, X509Certificate2 intermediate)
    {
        Assert.Equal(
            ["2.5.29.15", "2.5.29.37", SubjectKey, AuthorityKey, "2.5.29.17", ProvisionerExtension.Oid],
            leaf.Extensions.Select(e => e.Oid!.Value!));
        Assert.Equal(["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"], Purposes(leaf));
        Assert.Equal(X509KeyUsageFlags.DigitalSignature, leaf.Extensions.OfType<X509KeyUsageExtension>().Single().KeyUsages);
        Assert.Equal("admin", ProvisionerExtension.Read(leaf)!.Value.Name);
        Comes(leaf, intermediate);
    }

    /// <summary>A renewed leaf: everything is the same except serial and times.</summary>
    public static void IsRenewed(X509Certificate2 old, X509Certificate2 renewed, X509Certificate2 intermediate, bool newKey = false)
    {
        Assert.NotEqual(old.SerialNumber, renewed.SerialNumber);
        Assert.Equal(old.SubjectName.RawData, renewed.SubjectName.RawData);
        Assert.Equal(old.NotAfter - old.NotBefore, renewed.NotAfter - renewed.NotBefore);
        Assert.Equal(Extensions(old, newKey), Extensions(renewed, newKey));
        var age = DateTime.UtcNow - renewed.NotBefore.ToUniversalTime();
        Assert.InRange(age, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70));
        Comes(renewed, intermediate);
    }

    private static void Comes(X509Certificate2 leaf, X509Certificate2 intermediate)
    {
        Assert.Equal(intermediate.SubjectName.RawData, leaf.IssuerName.RawData);
        Assert.Equal(
            intermediate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier,
            Convert.ToHexString(leaf.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().Single().KeyIdentifier!.Value.Span));
        Assert.Equal(
            new X509SubjectKeyIdentifierExtension(leaf.PublicKey, false).SubjectKeyIdentifier,
            leaf.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single().SubjectKeyIdentifier);
    }

    private static List<string> Extensions(X509Certificate2 leaf, bool newKey) =>
    [
        .. leaf.Extensions.Where(e => e.Oid!.Value != AuthorityKey && !(newKey && e.Oid.Value == SubjectKey))
            .Select(e => $"{e.Oid!.Value} {e.Critical} {Convert.ToHexString(e.RawData)}").Order(StringComparer.Ordinal),
    ];
}
