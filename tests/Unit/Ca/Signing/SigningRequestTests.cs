using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Ca.Signing;

public sealed class SigningRequestTests
{
    private static readonly PrivateKey Key = KeyAlgorithms.Generate("EC-P256");

    [Fact]
    public void WithOwnNames_WithoutNames_IsTheSubject()
    {
        var request = Create("web.example.com").WithOwnNames();
        Assert.Equal("web.example.com", request.Subject);
        Assert.Equal(["web.example.com"], request.Names!.Texts);
    }

    [Fact]
    public void WithOwnNames_WithoutSubject_IsRefused() => Expect.Failure(ErrorId.CertificateNameInvalid, () => Create(null, "a").WithOwnNames());

    [Fact]
    public void WithNamesOf_NothingRequested_IsTheToken()
    {
        var request = Create(null).WithNamesOf(Token("web", "a", "10.0.0.1"));
        Assert.Equal("web", request.Subject);
        Assert.Equal(["a", "10.0.0.1"], request.Names!.Texts);
    }

    [Fact]
    public void WithNamesOf_SameNames_IsTheRequest() =>
        Assert.Equal(["10.0.0.1", "a"], Create("web", "a", "10.0.0.1").WithNamesOf(Token("web", "10.0.0.1", "a")).Names!.Texts);

    [Theory]
    [InlineData("Web", "a", "the subject 'Web' instead of 'web'")]
    [InlineData("web", "A", "DNS names: A instead of a")]
    [InlineData("web", "10.0.0.1", "IP addresses: 10.0.0.1 instead of none")]
    [InlineData("web", "me@x.org", "mail addresses")]
    [InlineData("web", "urn:x", "URIs")]
    public void WithNamesOf_OtherNames_IsRefusedWithBoth(string subject, string name, string message) =>
        Assert.Contains(message, Expect.Failure(ErrorId.TokenNamesDiffer, () => Create(subject, name).WithNamesOf(Token("web", "a"))).Message, StringComparison.Ordinal);

    [Fact]
    public void WithNamesOf_PartOfTheNames_IsRefused() => Expect.Failure(ErrorId.TokenNamesDiffer, () => Create("web", "a").WithNamesOf(Token("web", "a", "b")));

    [Fact]
    public void WithNamesOf_RevocationToken_IsRefused() =>
        Expect.Failure(ErrorId.TokenInvalid, () => Create("12345").WithNamesOf(OneTimeToken.Parse(TestTokens.Text("step-revoke.jwt"))));

    [Fact]
    public void WithNamesOf_TokenOfAnotherType_LetsTheCaDecide()
    {
        var token = OneTimeToken.Parse(TestTokens.With(new JsonObject { ["sub"] = "110169484474386276334", ["aud"] = "client" }));
        var request = Create("web").WithNamesOf(token);
        Assert.Equal("web", request.Subject);
        Assert.Equal(["web"], request.Names!.Texts);
        Assert.Null(request.Expect(Key).Names);
        Assert.NotNull(Create("web", "web").WithNamesOf(token).Expect(Key).Names);
        var nothing = Create(null).WithNamesOf(token);
        Assert.True(nothing is { Subject: null, Names: null });
        Assert.Null(nothing.Expect(Key).CommonName);
    }

    [Theory]
    [InlineData("EC-P256")]
    [InlineData("EC-P384")]
    [InlineData("EC-P521")]
    [InlineData("RSA-2048")]
    public void Encode_AnyKey_IsASignedRequestWithTheNames(string algorithm)
    {
        Wine.SkipCurve(algorithm);
        using var key = KeyAlgorithms.Generate(algorithm);
        var subject = new string('x', 100) + ", O=Evil \"+\u20AC";
        var der = Create(subject, "Web.Example.com", "2001:db8::1", "me@x.org", "spiffe://TD/x").WithOwnNames().Encode(key);
        // Loading verifies the signature.
        var read = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        Assert.Equal(key.ExportSubjectPublicKeyInfo(), read.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.Equal([subject], read.SubjectName.EnumerateRelativeDistinguishedNames().Select(one => one.GetSingleElementValue()!));
        var names = Assert.IsType<X509SubjectAlternativeNameExtension>(Assert.Single(read.CertificateExtensions));
        Assert.Equal(["Web.Example.com"], names.EnumerateDnsNames());
        Assert.Equal(["2001:db8::1"], names.EnumerateIPAddresses().Select(one => one.ToString()));
        Assert.Contains("spiffe://TD/x", System.Text.Encoding.ASCII.GetString(names.RawData), StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_NoNames_HasNeitherSubjectNorExtension()
    {
        var der = Create(null).WithNamesOf(OneTimeToken.Parse(TestTokens.With(new JsonObject()))).Encode(Key);
        var read = CertificateRequest.LoadSigningRequest(der, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        Assert.Empty(read.SubjectName.EnumerateRelativeDistinguishedNames());
        Assert.Empty(read.CertificateExtensions);
    }

    [Fact]
    public void RequireKey_RsaBelow2048_IsRefused()
    {
        using var small = new PrivateKey(RSA.Create(1024));
        Expect.Failure(ErrorId.KeyUnsupported, () => SigningRequest.RequireKey(small));
        using var enough = new PrivateKey(RSA.Create(2048));
        SigningRequest.RequireKey(enough);
        SigningRequest.RequireKey(Key);
    }

    [Theory]
    [InlineData("1y", null)]
    [InlineData(null, "never")]
    [InlineData("2d", "2026-01-01")]
    public void Create_BadTime_IsRefused(string? notBefore, string? notAfter) =>
        Expect.Failure(ErrorId.InvalidDuration, () => SigningRequest.Create("web", [], null, notBefore, notAfter, TimeProvider.System));

    private static SigningRequest Create(string? subject, params string[] names) => SigningRequest.Create(subject, names, null, null, null, TimeProvider.System);

    private static OneTimeToken Token(string subject, params string[] names) => OneTimeToken.Parse(TestTokens.With(new JsonObject
    {
        ["aud"] = "https://ca.example/1.0/sign",
        ["sub"] = subject,
        ["sans"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
    }));
}
