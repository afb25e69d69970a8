using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>POST /sign.</summary>
public abstract class SignContract(CaKind kind) : CaContract(kind)
{
    private const string Name = "foo.local";

    private static string Csr(string name = Name)
    {
        using var key = KeyPairs.Create("EC-P256");
        return KeyPairs.CreateSigningRequest(key, name);
    }

    private static async Task<CaAnswer> SignAsync(ITestCa ca, string? csr, Action<JsonObject>? body = null, Action<JsonObject>? claims = null)
    {
        var request = new JsonObject { ["csr"] = csr ?? Csr(), ["ott"] = await ca.TokenAsync(new(Name) { Sans = [Name], Spoil = claims }) };
        body?.Invoke(request);
        return await PostAsync(ca, "/1.0/sign", request);
    }

    [Fact]
    public async Task GoodToken_GivesALeafAsStepMakesIt()
    {
        var ca = await CaAsync();
        var pair = await IssueAsync(ca, lifetime: TimeSpan.FromHours(2), sans: ["a.local", "127.0.0.1"]);
        LeafAssert.IsDefaultLeaf(pair.Leaf, pair.Intermediate);
        Assert.Equal(TimeSpan.FromHours(2) + TimeSpan.FromMinutes(1), pair.Leaf.NotAfter - pair.Leaf.NotBefore);
        Assert.Equal(["a.local"], LeafAssert.Names(pair.Leaf).EnumerateDnsNames());
        Assert.Equal(["127.0.0.1"], LeafAssert.Names(pair.Leaf).EnumerateIPAddresses().Select(a => a.ToString()));
    }

    [Fact]
    public async Task NoEku_GivesALeafWithoutClientAuth()
    {
        var pair = await IssueAsync(await CaAsync(), "noeku");
        Assert.Equal(["1.3.6.1.5.5.7.3.1"], LeafAssert.Purposes(pair.Leaf));
    }

    [Fact]
    public async Task NotBeforeInThePast_IsGranted()
    {
        var ca = await CaAsync();
        var begin = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600);
        var answer = await SignAsync(ca, null, body => (body["notBefore"], body["notAfter"]) = (begin.ToString("yyyy-MM-ddTHH:mm:ssZ"), "2h"));
        Assert.Equal(201, answer.Status);
        Assert.Equal(begin.UtcDateTime, answer.Chain[0].NotBefore.ToUniversalTime());
        Assert.Equal(begin.UtcDateTime.AddHours(2), answer.Chain[0].NotAfter.ToUniversalTime());
    }

    [Fact]
    public async Task TokenUsedTwice_Is401()
    {
        var ca = await CaAsync();
        var body = new { csr = Csr(), ott = await ca.TokenAsync(new(Name) { Sans = [Name] }) };
        Assert.Equal(201, (await PostAsync(ca, "/sign", body)).Status);
        (await PostAsync(ca, "/sign", body)).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task Garbage_Is401() =>
        (await PostAsync(await CaAsync(), "/sign", new { csr = Csr(), ott = "gar.ba.ge" })).AssertRefused(401, Unauthorized);

    public static TheoryData<string, string> SpoiltClaims => new()
    {
        { "aud", "https://127.0.0.1/1.0/revoke" },
        { "aud", "https://elsewhere/1.0/sign" },
        { "iss", "norenew" },
        { "sub", "" },
    };

    [Theory]
    [MemberData(nameof(SpoiltClaims))]
    public async Task WrongClaim_Is401(string claim, string value) =>
        (await SignAsync(await CaAsync(), null, claims: claims => claims[claim] = value)).AssertRefused(401, Unauthorized);

    [Theory]
    [InlineData("exp", -90)]
    [InlineData("nbf", 90)]
    [InlineData("iat", 90)]
    [InlineData("iat", -86400)]
    public async Task WrongTime_Is401(string claim, int seconds) =>
        (await SignAsync(await CaAsync(), null, claims: claims => claims[claim] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds))
            .AssertRefused(401, Unauthorized);

    [Fact]
    public async Task SignedWithAnotherKey_Is401()
    {
        var ca = await CaAsync();
        var token = (await ca.TokenAsync(new(Name) { Sans = [Name] })).Split('.');
        var other = (await ca.TokenAsync(new(Name) { Sans = [Name] })).Split('.');
        (await PostAsync(ca, "/sign", new { csr = Csr(), ott = $"{token[0]}.{token[1]}.{other[2]}" })).AssertRefused(401, Unauthorized);
    }

    [Fact]
    public async Task MissingOrBadParts_Are400()
    {
        var ca = await CaAsync();
        (await PostAsync(ca, "/sign", "{nonsense")).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/sign", new { csr = "nonsense", ott = "x" })).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/sign", new { csr = Csr(), ott = "x", notAfter = "soon" })).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/sign", new { csr = 5, ott = "x" })).AssertRefused(400, BadRequest + "error decoding json.");
        (await PostAsync(ca, "/sign", new { })).AssertRefused(400, BadRequest + "missing csr.");
        (await PostAsync(ca, "/sign", new { csr = Csr() })).AssertRefused(400, BadRequest + "missing ott.");
        (await PostAsync(ca, "/sign", new { csr = BrokenCsr.Create() })).AssertRefused(400, BadRequest + "invalid csr.");
    }

    [Fact]
    public async Task NameNotInTheToken_Is403() => (await SignAsync(await CaAsync(), Csr("bar.local"))).AssertRefused(403,
        Forbidden + $"certificate request does not contain the valid common name - got bar.local, want {ByGeneration("foo.local", "[foo.local foo.local]")}.");

    [Fact]
    public async Task CommonNameThatIsAnotherOfTheTokensNames_IsAcceptedByNewerServersOnly()
    {
        var answer = await SignAsync(await CaAsync(), Csr("bar.local"), claims: claims => claims["sans"] = new JsonArray(Name, "bar.local"));
        if (ByGeneration(false, true))
        {
            Assert.Equal(201, answer.Status);
            Assert.Equal("CN=" + Name, answer.Chain[0].Subject);
        }
        else
        {
            answer.AssertRefused(403, Forbidden + "certificate request does not contain the valid common name - got bar.local, want foo.local.");
        }
    }

    [Fact]
    public async Task TokenForOneRequest_IsCheckedByNewerServersOnly()
    {
        var ca = await CaAsync();
        var (mine, other) = (Csr(), Csr());
        var print = Base64Url.EncodeToString(SHA256.HashData(Convert.FromBase64String(mine[PemEncoding.Find(mine).Base64Data])));
        Assert.Equal(201, (await SignAsync(ca, mine, claims: Confirm)).Status);
        var answer = await SignAsync(ca, other, claims: Confirm);
        if (ByGeneration(false, true))
            answer.AssertRefused(403, Forbidden + $"certificate request fingerprint does not match \"{print}\".");
        else
            Assert.Equal(201, answer.Status);

        void Confirm(JsonObject claims) => claims["cnf"] = new JsonObject { ["x5rt#S256"] = print };
    }

    [Fact]
    public async Task AlternativeNameNotInTheToken_Is403()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("evil.local");
        request.CertificateExtensions.Add(names.Build());
        (await SignAsync(await CaAsync(), request.CreateSigningRequestPem())).AssertRefused(403,
            Forbidden + "certificate request does not contain the valid DNS names - got [evil.local], want [foo.local].");
    }

    public static TheoryData<string, string, string> OtherNames => new()
    {
        { "email addresses", "evil@x.org", "me@x.org" },
        { "IP addresses", "10.0.0.66", "10.0.0.1" },
        { "URIs", "spiffe://td/evil", "spiffe://td/web" },
    };

    [Theory]
    [MemberData(nameof(OtherNames))]
    public async Task AnyKindOfNameNotInTheToken_Is403(string kind, string got, string want)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (kind == "URIs")
            names.AddUri(new Uri(got));
        else if (kind == "IP addresses")
            names.AddIpAddress(System.Net.IPAddress.Parse(got));
        else
            names.AddEmailAddress(got);
        request.CertificateExtensions.Add(names.Build());
        (await SignAsync(await CaAsync(), request.CreateSigningRequestPem(), claims: claims => claims["sans"] = new JsonArray(Name, want)))
            .AssertRefused(403, Forbidden + $"certificate request does not contain the valid {kind} - got [{got}], want [{want}].");
    }

    [Fact]
    public async Task RsaKeyOf1024Bits_Is403()
    {
        using var key = KeyPairs.Create("RSA-1024");
        (await SignAsync(await CaAsync(), KeyPairs.CreateSigningRequest(key, Name))).AssertRefused(403,
            Forbidden + "certificate request RSA key must be at least 2048 bits (256 bytes).");
    }

    // The token is used up before the request is compared with it.
    [Fact]
    public async Task RefusedRequest_UsesUpTheToken()
    {
        var ca = await CaAsync();
        var ott = await ca.TokenAsync(new(Name) { Sans = [Name] });
        Assert.Equal(403, (await PostAsync(ca, "/sign", new { csr = Csr("bar.local"), ott })).Status);
        (await PostAsync(ca, "/sign", new { csr = Csr(), ott })).AssertRefused(401, Unauthorized);
    }

    // Only what is refused before the token is read leaves it.
    [Fact]
    public async Task DaysAsADuration_AreUnreadableAndLeaveTheToken()
    {
        var ca = await CaAsync();
        var ott = await ca.TokenAsync(new(Name) { Sans = [Name] });
        (await PostAsync(ca, "/sign", new { csr = Csr(), ott, notAfter = "2d" })).AssertRefused(400, BadRequest + "error decoding json.");
        Assert.Equal(201, (await PostAsync(ca, "/sign", new { csr = Csr(), ott, notAfter = "48h0m0s" })).Status);
    }

    [Theory]
    [InlineData("1000h", "requested duration of 1000h1m0s is more than the authorized maximum certificate duration of 720h1m0s")]
    [InlineData("-55s", null)]
    public async Task LifetimeOutOfBounds_IsRefused(string notAfter, string? message)
    {
        var answer = await SignAsync(await CaAsync(), null, body => body["notAfter"] = notAfter);
        if (message is not null)
            answer.AssertRefused(403, Forbidden + message + ".");
        else
            Assert.StartsWith(BadRequest + "notAfter cannot be in the past; na=", (string?)answer.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooShort_Is403()
    {
        var ca = await CaAsync(new() { Backdate = TimeSpan.Zero, MinDuration = TimeSpan.FromMinutes(5) });
        (await SignAsync(ca, null, body => body["notAfter"] = "90s")).AssertRefused(403,
            Forbidden + "requested duration of 1m30s is less than the authorized minimum certificate duration of 5m0s.");
    }
}
