using System.Net;
using System.Text;
using System.Text.Json;
using StepCaRenew.Ca;
using StepCaRenew.Certificates;

namespace StepCaRenew.Unit.Ca;

public sealed class AnswerReaderTests
{
    private static readonly TestPair Pair = TestAuthority.Default.Issue();
    private static readonly string Leaf = Pair.CertificatePem;
    private static readonly string Issuer = TestAuthority.Default.Intermediate.ExportCertificatePem();

    [Fact]
    public void Read_CertChain_IsLeafAndIssuers()
    {
        using var answer = Read(new { crt = "ignored", ca = "ignored", certChain = new[] { Leaf, Issuer } });
        Assert.Equal(Pair.Leaf, answer.Leaf);
        Assert.Equal([TestAuthority.Default.Intermediate], answer.Chain);
    }

    [Fact]
    public void Read_EmptyCertChain_TakesCrtAndCa()
    {
        using var answer = Read(new { crt = Leaf, ca = Issuer, certChain = Array.Empty<string>() });
        Assert.Equal(Pair.Leaf, answer.Leaf);
        Assert.Single(answer.Chain);
    }

    [Fact]
    public void Read_NoCertChain_TakesCrtAndCa()
    {
        using var answer = Read(new { crt = Leaf, ca = Issuer });
        Assert.Equal(Pair.Leaf, answer.Leaf);
        Assert.Single(answer.Chain);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public void Read_NoCa_IsLeafAlone(string? ca)
    {
        using var answer = Read(new { crt = Leaf, ca });
        Assert.Empty(answer.Chain);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("<html>")]
    [InlineData("""{"crt":"","ca":"","certChain":[]}""")]
    [InlineData("""{"crt":null,"certChain":null}""")]
    [InlineData("""{"crt":7}""")]
    [InlineData("""{"certChain":"x"}""")]
    [InlineData("""{"certChain":[null]}""")]
    [InlineData("""{"certChain":[""]}""")]
    [InlineData("""{"certChain":["garbage"]}""")]
    [InlineData("""{"certChain":["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]}""")]
    [InlineData("""{"certChain":["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"]}""")]
    [InlineData("""{"crt":"\ud800"}""")]
    public void Read_AnythingElse_IsInvalid(string body) =>
        Expect.Failure(ErrorId.CaAnswerInvalid, () => AnswerReader.Read(Response(Encoding.UTF8.GetBytes(body)), new Uri("https://ca/renew"), new IssuerCache()).Dispose());

    [Fact]
    public void Read_SecondCertificateDamaged_IsInvalid() => Expect.Failure(ErrorId.CaAnswerInvalid, () => Read(new { certChain = new[] { Leaf, Issuer[..200] } }));

    private static CaAnswer Read(object answer) => AnswerReader.Read(Response(JsonSerializer.SerializeToUtf8Bytes(answer)), new Uri("https://ca/renew"), new IssuerCache());

    private static CaResponse Response(byte[] body) => new(HttpStatusCode.Created, "application/json", body, null);
}
