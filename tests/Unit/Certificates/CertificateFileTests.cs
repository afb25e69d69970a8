using System.Security.Cryptography.X509Certificates;
using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Policy;

namespace StepCaRenew.Unit.Certificates;

public sealed class CertificateFileTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestPair Pair = Ca.Issue();

    private static string Intermediate => Ca.Intermediate.ExportCertificatePem() + "\n";

    private static string Root => Ca.Root.ExportCertificatePem() + "\n";

    public static TheoryData<string, byte[]> Encodings
    {
        get
        {
            var text = Pair.CertificatePem + Intermediate;
            return new()
            {
                { "UTF-8", Encoding.UTF8.GetBytes(text) },
                { "UTF-8 with mark", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)] },
                { "UTF-16 LE", Encoding.Unicode.GetBytes(text) },
                { "UTF-16 LE with mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)] },
                { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(text) },
                { "UTF-16 BE with mark", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(text)] },
                { "CRLF", Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")) },
                { "UTF-16 LE with mark and CRLF", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text.ReplaceLineEndings("\r\n"))] },
                { "no newline at the end", Encoding.UTF8.GetBytes(text.TrimEnd()) },
                { "white space at line ends", Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" \t\n")) },
                { "text around the blocks", Encoding.UTF8.GetBytes($"Bag Attributes\n    friendlyName: x\n{Pair.CertificatePem}\nsubject=CN = y\n{Intermediate}\nend\n") },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Load_AnyEncoding_FindsLeafAndChain(string name, byte[] content)
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", content));
        Assert.True(Pair.Leaf.Equals(file.Leaf), name);
        Assert.Equal([Ca.Intermediate], file.Chain);
    }

    [Fact]
    public void Load_LeafLast_IsFound()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Root + Intermediate + Pair.CertificatePem));
        Assert.Equal(Pair.Leaf, file.Leaf);
        Assert.Equal([Ca.Intermediate, Ca.Root], file.Chain);
    }

    [Fact]
    public void Load_Der_IsLeafAlone()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.der", Pair.Leaf.RawData));
        Assert.Equal(Pair.Leaf, file.Leaf);
        Assert.Empty(file.Chain);
        Assert.False(file.HoldsKey);
    }

    [Fact]
    public void Load_OtherLabelOfOpenSsl_IsRead()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Pair.CertificatePem.Replace("CERTIFICATE", "X509 CERTIFICATE", StringComparison.Ordinal)));
        Assert.Equal(Pair.Leaf, file.Leaf);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_KeyInTheSameFile_IsNoticed(bool keyFirst)
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.pem", keyFirst ? Pair.KeyPem + Pair.CertificatePem : Pair.CertificatePem + Pair.KeyPem));
        Assert.True(file.HoldsKey);
        Assert.False(file.Leaf.HasPrivateKey);
    }

    [Fact]
    public void Load_SameLeafTwice_IsOne()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Pair.CertificatePem + Pair.CertificatePem + Intermediate + Intermediate));
        Assert.Equal(Pair.Leaf, file.Leaf);
        Assert.Equal([Ca.Intermediate], file.Chain);
    }

    [Fact]
    public void Load_TwoLeaves_NamesBoth()
    {
        using var folder = new TestFolder();
        var other = Ca.Issue(new LeafSpec { Subject = "CN=other.example.com" });
        var e = Expect.Failure(ErrorId.CertificateAmbiguous, () => CertificateFile.Load(folder.Write("a.crt", Pair.CertificatePem + other.CertificatePem)));
        Assert.Contains("CN=host.example.com", e.Message, StringComparison.Ordinal);
        Assert.Contains("CN=other.example.com", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AuthoritiesOnly_TakesTheLowest()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Root + Intermediate));
        Assert.Equal(Ca.Intermediate, file.Leaf);
        Assert.Equal([Ca.Root], file.Chain);
    }

    [Fact]
    public void Load_RootTwice_IsOne()
    {
        using var folder = new TestFolder();
        using var file = CertificateFile.Load(folder.Write("a.crt", Root + Root));
        Assert.Equal(Ca.Root, file.Leaf);
        Assert.Empty(file.Chain);
    }

    [Fact]
    public void Load_SecondCertificateDamaged_SaysWhich()
    {
        using var folder = new TestFolder();
        var damaged = Convert.ToBase64String([0x30, 0x03, 0x02, 0x01, 0x01]);
        var e = Expect.Failure(
            ErrorId.CertificateInvalid,
            () => CertificateFile.Load(folder.Write("a.crt", $"{Pair.CertificatePem}-----BEGIN CERTIFICATE-----\n{damaged}\n-----END CERTIFICATE-----\n")));
        Assert.Contains("Certificate 2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.5.29.19", "basic constraints")]
    [InlineData("2.5.29.37", "extended key usage")]
    [InlineData("2.5.29.17", "alternative names")]
    public void Load_DamagedExtension_NeverEscapesAsAnotherException(string oid, string what)
    {
        using var folder = new TestFolder();
        var pair = Ca.Issue(new LeafSpec { DnsNames = [], Usages = [], Extensions = [(oid, [0x30, 0x82, 0x01])] });
        try
        {
            using var file = CertificateFile.Load(folder.Write("a.crt", pair.CertificatePem + Intermediate));
            _ = ExtendedKeyUsage.ReadNames(file.Leaf);
            _ = ExtendedKeyUsage.AllowsClientAuth(file.Leaf);
            _ = SubjectAlternativeNames.FromCertificate(file.Leaf);
        }
        catch (RenewalException e)
        {
            Assert.True(e.ErrorId == ErrorId.CertificateInvalid, what);
        }
    }

    [Fact]
    public void Load_NoExpiration_HasAValidity()
    {
        using var folder = new TestFolder();
        // RFC 5280 section 4.1.2.5: 99991231235959Z means that there is no well-defined end.
        var pair = Ca.Issue(new LeafSpec { NotAfter = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero) });
        using var file = CertificateFile.Load(folder.Write("a.crt", pair.CertificatePem));
        Assert.Equal(9999, CertificateValidity.FromCertificate(file.Leaf).NotAfter.UtcDateTime.Year);
    }
}
