using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Certificates;

public sealed class CertificateContentTests
{
    private static readonly TestAuthority Ca = TestAuthority.Default;
    private static readonly TestPair Old = Ca.Issue();
    private static readonly TestPair New = Ca.Issue();

    private static string Intermediate => Ca.Intermediate.ExportCertificatePem() + "\n";

    private static string Renewed => New.CertificatePem + Intermediate;

    private static string Parameters => TestKeys.Text("dhparam.pem");

    public static TheoryData<string, string, string> Layouts => new()
    {
        { "leaf and chain", Old.CertificatePem + Intermediate, Renewed },
        { "leaf alone gets its chain", Old.CertificatePem, Renewed },
        { "chain first is put in order", Intermediate + Old.CertificatePem, Renewed },
        { "key before", Old.KeyPem + Old.CertificatePem + Intermediate, Old.KeyPem + Renewed },
        { "key after", Old.CertificatePem + Intermediate + Old.KeyPem, Renewed + Old.KeyPem },
        { "key between", Old.CertificatePem + Old.KeyPem + Intermediate, Renewed + Old.KeyPem },
        { "DH parameters", Old.CertificatePem + Intermediate + Parameters, Renewed + Parameters },
        { "text around goes", "subject=x\n" + Old.CertificatePem + "issuer=y\n" + Intermediate + "end\n", Renewed },
        { "root in the file goes", Old.CertificatePem + Intermediate + Ca.Root.ExportCertificatePem(), Renewed },
        { "encrypted key with headers stays to the letter", TestKeys.Text("rsa2048-legacy-aes256.pem") + Old.CertificatePem, TestKeys.Text("rsa2048-legacy-aes256.pem") + Renewed },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Render_Pem_KeepsTheLayout(string name, string before, string after)
    {
        Assert.True(after == Render(Encoding.UTF8.GetBytes(before)), name);
        // The next run reads the file, and would write the same again.
        Assert.True(after == Render(Encoding.UTF8.GetBytes(after)), name);
    }

    [Fact]
    public void Render_WindowsLineEnds_Stay()
    {
        var text = (Old.CertificatePem + Old.KeyPem).ReplaceLineEndings("\r\n");
        Assert.Equal((Renewed + Old.KeyPem).ReplaceLineEndings("\r\n"), Render(Encoding.UTF8.GetBytes(text)));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Render_OtherEncoding_BecomesUtf8WithoutMark(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        Assert.Equal(Renewed, Render([.. encoding.Preamble, .. encoding.GetBytes(Old.CertificatePem + Intermediate)]));
    }

    [Fact]
    public void Render_Der_StaysDerOfTheLeafAlone()
    {
        using var folder = new TestFolder();
        using var old = CertificateFile.Load(folder.Write("a.der", Old.Leaf.RawData));
        Assert.Equal(New.Leaf.RawData, CertificateContent.Render(New.Leaf, [Ca.Intermediate], old.Document));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Render_NewFile_IsLeafAndChainThenTheKey(bool withKey)
    {
        var content = Encoding.UTF8.GetString(CertificateContent.Render(New.Leaf, [Ca.Intermediate], model: null, withKey ? New.KeyPem.TrimEnd() : null));
        Assert.Equal(withKey ? Renewed + New.KeyPem : Renewed, content);
    }

    private static string Render(byte[] before)
    {
        using var folder = new TestFolder();
        using var old = CertificateFile.Load(folder.Write("a.pem", before));
        return Encoding.UTF8.GetString(CertificateContent.Render(New.Leaf, [Ca.Intermediate], old.Document));
    }
}
