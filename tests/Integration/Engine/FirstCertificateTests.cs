using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>First certificates, by token and by password, and every refusal of the CA with its error id.</summary>
public sealed class FirstCertificateTests : IDisposable
{
    private static readonly string[] Names = ["web.local", "10.0.0.1", "me@x.org", "spiffe://td/web"];

    private readonly CollectingLogger log = new();
    private readonly PrivateKey key = KeyAlgorithms.Generate("EC-P256");
    private readonly KeyPassword password = new("test-password");
    private readonly CertificateRequester requester;

    public FirstCertificateTests() =>
        requester = new(new CaFinder(_ => null, new RootDownload(TimeProvider.System, _ => null).FetchAsync), TimeProvider.System, () => 0.5, _ => null, log);

    public void Dispose()
    {
        requester.Dispose();
        password.Dispose();
        key.Dispose();
    }

    public static MatrixTheoryData<CaKind, string> AllKeys { get; } = new([CaKind.DevCa, CaKind.StepCa, CaKind.DevCa30, CaKind.StepCa30], KeyAlgorithms.Names);

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ByPassword_NamesOfAllKinds_AreInTheCertificate(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var pair = await RequestAsync(ca, Wanted("web.local", Names), new Credential.Provisioner("admin", password));
        AssertMine(ca, pair);
        Assert.Equal("CN=web.local", pair.Leaf.Subject);
        var names = SubjectAlternativeNames.FromCertificate(pair.Leaf);
        Assert.Equal(["web.local"], names.DnsNames);
        Assert.Equal(["10.0.0.1"], names.IPAddresses);
        Assert.Equal(["me@x.org"], names.EmailAddresses);
        Assert.Equal(["spiffe://td/web"], names.Uris);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ByPassword_DaysAndDates_AreTheValidity(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var pair = await RequestAsync(ca, Wanted("web.local", [], notAfter: "2d"), new Credential.Provisioner("admin", password));
        // The CA backdates the beginning by a minute.
        Assert.Equal(TimeSpan.FromHours(48) + TimeSpan.FromMinutes(1), pair.Leaf.NotAfter - pair.Leaf.NotBefore);
        var end = DateTimeOffset.UtcNow.AddDays(3);
        var until = await RequestAsync(ca, Wanted("web.local", [], notBefore: "-1h", notAfter: end.ToString("yyyy-MM-ddTHH:mm:ssZ")), new Credential.Provisioner("admin", password));
        Assert.Equal(end.ToUnixTimeSeconds(), new DateTimeOffset(until.Leaf.NotAfter.ToUniversalTime()).ToUnixTimeSeconds());
        Assert.InRange(DateTime.UtcNow - until.Leaf.NotBefore.ToUniversalTime(), TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(62));
    }

    [Theory]
    [MemberData(nameof(AllKeys))]
    public async Task ByPassword_AnyKey_IsThatOfTheCertificate(CaKind kind, string algorithm)
    {
        var ca = await TestCas.GetAsync(kind);
        using var other = KeyAlgorithms.Generate(algorithm);
        var pair = await requester.RequestAsync(Wanted("web.local", []), other, new Credential.Provisioner("admin", password), Options(ca), default);
        Assert.True(pair.Matches);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ByTokenOfTheTestClient_WithoutNames_HasThoseOfTheToken(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var pair = await RequestAsync(ca, Wanted(null, []), await GivenAsync(ca, "web.local", Names));
        AssertMine(ca, pair);
        Assert.Equal("web.local, 10.0.0.1, me@x.org, spiffe://td/web", SubjectAlternativeNames.FromCertificate(pair.Leaf).ToString());
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task BeginningInTheFuture_IsGranted(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var pair = await RequestAsync(ca, Wanted("web.local", [], notBefore: "2h", notAfter: "3h"), new Credential.Provisioner("admin", password));
        Assert.Equal(2, (pair.Validity.NotBefore - DateTimeOffset.UtcNow).TotalHours, 0.1);
        Assert.Equal(TimeSpan.FromHours(3), pair.Validity.NotAfter - pair.Validity.NotBefore);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ByTokenAlone_BringsAddressAndTrust(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var folder = new TestFolder();
        var options = new IssuerOptions { Ca = new() { StepPath = folder } };
        AssertMine(ca, await requester.RequestAsync(Wanted(null, []), key, await GivenAsync(ca, "web.local", ["web.local"]), options, default));
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task OwnToken_IsAcceptedFromTheTestClientForItsNames(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var trusted = Trust(ca);
        using var tokens = await ProvisionerTokens.OpenAsync(trusted, "admin", password, TimeProvider.System, _ => null, default);
        var token = tokens.ForCertificate("web.local", ["web.local", "10.0.0.1"], DateTimeOffset.UtcNow, TimeSpan.FromMinutes(15));
        using var http = Cas.CaClient.Create(ca);
        using var hosts = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var body = new JsonObject { ["csr"] = new CertificateRequest("CN=web.local", hosts, HashAlgorithmName.SHA256).CreateSigningRequestPem(), ["ott"] = token };
        using var answer = await http.PostAsync("/1.0/sign", new StringContent(body.ToJsonString()));
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((int)answer.StatusCode == 201, json.ToJsonString());
        using var leaf = X509Certificate2.CreateFromPem((string)json["crt"]!);
        Assert.Equal("web.local, 10.0.0.1", SubjectAlternativeNames.FromCertificate(leaf).ToString());
        using var again = await http.PostAsync("/1.0/sign", new StringContent(body.ToJsonString()));
        Assert.Equal(401, (int)again.StatusCode);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task OwnToken_ForOneRequest_IsRefusedForAnotherByNewerServers(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var trusted = Trust(ca);
        using var tokens = await ProvisionerTokens.OpenAsync(trusted, "admin", password, TimeProvider.System, _ => null, default);
        var token = tokens.ForCertificate("web.local", ["web.local"], DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5), request: [1, 2, 3]);
        var asking = SignAsync(trusted, OneTimeToken.Parse(token), Wanted("web.local", []).WithOwnNames().Encode(key));
        if (kind is CaKind.DevCa30 or CaKind.StepCa30)
            Assert.Contains("another signing request", (await Expect.FailureAsync(ErrorId.TokenRefused, () => asking)).Message, StringComparison.Ordinal);
        else
            (await asking).Dispose();
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task Provisioners_InPages_AreAll(CaKind kind)
    {
        using var trusted = Trust(await TestCas.GetAsync(kind));
        var all = await Client(trusted).GetProvisionersAsync(default);
        Assert.Equal(["admin", "noeku", "norenew"], all.Select(one => one.Name!).Order());
        Assert.All(all, one => Assert.True(one is { Type: "JWK", EncryptedKey.Length: > 0 } && one.KeyField("kty") == "EC"));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ProvisionerErrors_AreRefusedByName(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var wrong = new KeyPassword("wrong-horse-battery");
        Expect.NoSecret("wrong-horse-battery", await FailsAsync(ErrorId.ProvisionerPasswordWrong, ca, new Credential.Provisioner("admin", wrong)));
        await FailsAsync(ErrorId.ProvisionerAmbiguous, ca, new Credential.Provisioner(null, password));
        await FailsAsync(ErrorId.ProvisionerNotFound, ca, new Credential.Provisioner("nobody", password));
    }

    // The refusals of the token; the CA gives the same answer to all of them.
    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task UsedUpToken_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var token = await GivenAsync(ca, "web.local", ["web.local"]);
        await RequestAsync(ca, Wanted(null, []), token);
        Assert.Contains("used before", (await FailsAsync(ErrorId.TokenRefused, ca, token)).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task TokenOlderThanTheStartOfTheCa_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var token = await GivenAsync(ca, "web.local", ["web.local"], claims => claims["iat"] = DateTimeOffset.UtcNow.AddDays(-1).ToUnixTimeSeconds());
        Assert.Contains("restarted", (await FailsAsync(ErrorId.TokenRefused, ca, token)).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ExpiredToken_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var token = await GivenAsync(ca, "web.local", ["web.local"], claims => claims["exp"] = DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds());
        await FailsAsync(ErrorId.TokenExpired, ca, token);
    }

    // The host of the token is that of the URL, but the CA does not have it among its names.
    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task AudienceThatTheCaDoesNotHave_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var token = await GivenAsync(ca, "web.local", ["web.local"], claims => claims["aud"] = $"https://LOCALHOST:{ca.Url.Port}/1.0/sign");
        var options = Options(ca) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://localhost:{ca.Url.Port}" } };
        var e = await Expect.FailureAsync(ErrorId.TokenRefused, () => requester.RequestAsync(Wanted(null, []), key, token, options, default));
        Assert.Contains("'LOCALHOST'", e.Remedy, StringComparison.Ordinal);
    }

    // The checks before anything is sent; a token that they refuse can still be used.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task RefusalsBeforeSending_LeaveTheToken(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var other = await TestCas.GetAsync(kind, new() { AllowRenewalAfterExpiry = true });
        var token = await GivenAsync(ca, "web.local", Names);
        await FailsAsync(ErrorId.TokenNamesDiffer, ca, token, Wanted("Web.local", []));
        foreach (var name in new[] { "Web.local", "10.0.0.2", "you@x.org", "spiffe://td/other" })
            await FailsAsync(ErrorId.TokenNamesDiffer, ca, token, Wanted(null, [.. Names, name]));
        await FailsAsync(ErrorId.TokenForAnotherCa, other, token);
        using var small = new PrivateKey(RSA.Create(1024));
        await Expect.FailureAsync(ErrorId.KeyUnsupported, () => requester.RequestAsync(Wanted(null, []), small, token, Options(ca), default));
        await FailsAsync(ErrorId.TokenInvalid, ca, new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new("1") { Audience = "/1.0/revoke" }))));
        AssertMine(ca, await RequestAsync(ca, Wanted(null, []), token));
    }

    // The refusals of the CA, sent past our own checks.
    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task WrongNamesOfEachKind_AreRefused(CaKind kind)
    {
        using var trusted = Trust(await TestCas.GetAsync(kind));
        var ca = await TestCas.GetAsync(kind);
        foreach (var name in new[] { "other.local", "10.0.0.2", "you@x.org", "spiffe://td/other" })
        {
            var token = OneTimeToken.Parse(await ca.TokenAsync(new("web.local") { Sans = Names }));
            var csr = Wanted("web.local", [name]).WithOwnNames().Encode(key);
            await Expect.FailureAsync(ErrorId.TokenNamesDiffer, () => SignAsync(trusted, token, csr));
        }

        var last = OneTimeToken.Parse(await ca.TokenAsync(new("web.local") { Sans = Names }));
        await Expect.FailureAsync(ErrorId.TokenNamesDiffer, () => SignAsync(trusted, last, Wanted("another.local", Names).WithOwnNames().Encode(key)));
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task RsaKeyOf1024Bits_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        using var trusted = Trust(ca);
        using var small = new PrivateKey(RSA.Create(1024));
        var token = OneTimeToken.Parse(await ca.TokenAsync(new("web.local") { Sans = ["web.local"] }));
        await Expect.FailureAsync(ErrorId.KeyUnsupported, () => SignAsync(trusted, token, Wanted("web.local", []).WithOwnNames().Encode(small)));
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task ValidityAboveTheMaximum_IsRefused(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        await FailsAsync(ErrorId.ValidityRefused, ca, new Credential.Provisioner("admin", password), Wanted("web.local", [], notAfter: "365d"));
        await FailsAsync(ErrorId.ValidityRefused, ca, new Credential.Provisioner("admin", password), Wanted("web.local", [], notBefore: "-1d", notAfter: "32d"));
    }

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task NoSecret_IsInTheLog(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var token = await ca.TokenAsync(new("web.local") { Sans = ["web.local"] });
        var given = new Credential.Token(OneTimeToken.Parse(token));
        await RequestAsync(ca, Wanted(null, []), given);
        var e = await FailsAsync(ErrorId.TokenRefused, ca, given);
        await RequestAsync(ca, Wanted("web.local", []), new Credential.Provisioner("admin", password));
        Assert.NotEmpty(log.Text);
        foreach (var secret in new[] { token, token.Split('.')[2], "test-password" })
        {
            Assert.DoesNotContain(secret, log.Text, StringComparison.Ordinal);
            Expect.NoSecret(secret, e);
        }

        Assert.DoesNotContain("eyJ", log.Text + given, StringComparison.Ordinal);
    }

    private static SigningRequest Wanted(string? subject, IReadOnlyList<string> names, string? notBefore = null, string? notAfter = null) =>
        SigningRequest.Create(subject, names, null, notBefore, notAfter, TimeProvider.System);

    private static IssuerOptions Options(ITestCa ca) => new() { Ca = new() { StepPath = ca.StepPath } };

    private static async Task<Credential> GivenAsync(ITestCa ca, string subject, IReadOnlyList<string> names, Action<JsonObject>? spoil = null) =>
        new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new(subject) { Sans = names, Spoil = spoil })));

    private Task<KeyedCertificate> RequestAsync(ITestCa ca, SigningRequest wanted, Credential credential) => requester.RequestAsync(wanted, key, credential, Options(ca), default);

    private Task<RenewalException> FailsAsync(string id, ITestCa ca, Credential credential, SigningRequest? wanted = null) =>
        Expect.FailureAsync(id, () => RequestAsync(ca, wanted ?? Wanted(credential is Credential.Token ? null : "web.local", []), credential));

    private static TrustedCa Trust(ITestCa ca)
    {
        var settings = CaSettingsResolver.Resolve(new() { StepPath = ca.StepPath }, _ => null);
        return new(settings, TrustedRoots.Load(settings));
    }

    private static StepCaRenew.Ca.CaClient Client(TrustedCa ca) => new(ca.Settings, ca.Roots, TimeProvider.System, _ => null);

    private static Task<StepCaRenew.Ca.CaAnswer> SignAsync(TrustedCa ca, OneTimeToken token, byte[] csr) =>
        Client(ca).SignAsync(new(PemEncoding.WriteString("CERTIFICATE REQUEST", csr), token.Text, null, null), token, default);

    // Its key, and a chain to the root.
    private void AssertMine(ITestCa ca, KeyedCertificate pair)
    {
        Assert.True(pair.Matches);
        Assert.Same(key, pair.Key);
        using var chain = new X509Chain { ChainPolicy = Cas.CaClient.Trust(ca) };
        chain.ChainPolicy.ExtraStore.AddRange(pair.Chain.ToArray());
        Assert.True(chain.Build(pair.Leaf));
    }
}
