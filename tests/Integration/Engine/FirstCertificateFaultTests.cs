using StepCaRenew.Ca;
using StepCaRenew.Ca.Signing;
using StepCaRenew.Ca.Tokens;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>First certificates from a CA that loses or spoils its answers. A token can be used once.</summary>
public sealed class FirstCertificateFaultTests : IClassFixture<FaultyCa>, IDisposable
{
    private readonly DevTestCa ca;
    private readonly CollectingLogger log = new();
    private readonly PrivateKey key = KeyAlgorithms.Generate("EC-P256");
    private readonly KeyPassword password = new("test-password");
    private readonly CertificateRequester requester;
    private int attempts;

    public FirstCertificateFaultTests(FaultyCa shared)
    {
        ArgumentNullException.ThrowIfNull(shared);
        ca = shared.Healthy();
        requester = new(new CaFinder(_ => null, (_, _, _) => throw new InvalidOperationException()), TimeProvider.System, () => 0, _ => null, log);
    }

    public void Dispose()
    {
        requester.Dispose();
        password.Dispose();
        key.Dispose();
    }

    public static TheoryData<RequestFault> LostAnswers { get; } = [new DropFault(), new CutFault(20), new DropFault(AfterIssuing: false), new ProxyHtmlFault(502), new ProxyHtmlFault(504), new StatusFault(503)];

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task LostAnswer_ByPassword_IsRequestedAgainWithANewToken(RequestFault fault)
    {
        ca.Server.Faults.Add("/sign", fault, times: 2);
        // A used token would be refused.
        Assert.True((await RequestAsync(Own())).Matches);
        Assert.Equal(3, attempts);
    }

    [Theory]
    [MemberData(nameof(LostAnswers))]
    public async Task LostAnswer_WithAToken_IsNotRequestedAgain(RequestFault fault)
    {
        var token = await GivenAsync();
        ca.Server.Faults.Add("/sign", fault);
        var e = await Assert.ThrowsAsync<RenewalException>(() => RequestAsync(token));
        Assert.True(e.ErrorId is ErrorId.CaUnreachable or ErrorId.CaFailed, e.ErrorId);
        Assert.Contains("may have used up the token", e.Message, StringComparison.Ordinal);
        Assert.Contains("new token", e.Remedy, StringComparison.Ordinal);
        Assert.False(e.IsTransient);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task NoConnection_WithAToken_IsTriedAgain()
    {
        var token = await GivenAsync();
        ca.Server.Faults.Add(new RefuseFault(), times: 2);
        Assert.True((await RequestAsync(token)).Matches);
        Assert.Equal(3, attempts);
    }

    [Fact]
    public async Task TooManyRequests_WithAToken_IsTriedAgain()
    {
        var token = await GivenAsync();
        ca.Server.Faults.Add("/sign", new StatusFault(429));
        Assert.True((await RequestAsync(token)).Matches);
    }

    [Fact]
    public async Task LostListOfProvisioners_IsRequestedAgain()
    {
        ca.Server.Faults.Add("/provisioners", new DropFault());
        Assert.True((await RequestAsync(Own())).Matches);
    }

    public static TheoryData<string, string> BadLists => new()
    {
        { "{}", ErrorId.CaAnswerInvalid },
        { """{"provisioners":5}""", ErrorId.CaAnswerInvalid },
        { """{"provisioners":[{"type":5}]}""", ErrorId.CaAnswerInvalid },
        { """{"provisioners":[null]}""", ErrorId.ProvisionerNotFound },
        { """{"provisioners":[{"type":"JWK","name":"admin","encryptedKey":"a.b.c.d.e"}]}""", ErrorId.ProvisionerKeyInvalid },
        { """{"provisioners":[{"type":"JWK","name":"admin","key":5}]}""", ErrorId.ProvisionerUnsupported },
        { """{"provisioners":[{"type":"JWK","name":"admin","key":{"kty":"OKP","crv":"Ed25519","kid":"1"},"encryptedKey":"a.b.c.d.e"}]}""", ErrorId.ProvisionerUnsupported },
    };

    [Theory]
    [MemberData(nameof(BadLists))]
    public async Task BadListOfProvisioners_IsRefused(string body, string id)
    {
        ca.Server.Faults.Add("/provisioners", new RawFault(200, "application/json", body));
        await Expect.FailureAsync(id, () => RequestAsync(Own()));
    }

    [Fact]
    public async Task EndlessListOfProvisioners_IsRefused()
    {
        ca.Server.Faults.Add("/provisioners", new RawFault(200, "application/json", """{"provisioners":[],"nextCursor":"again"}"""), times: 100);
        Assert.Contains("has no end", (await Expect.FailureAsync(ErrorId.CaAnswerInvalid, () => RequestAsync(Own()))).Message, StringComparison.Ordinal);
    }

    public static TheoryData<RequestFault, string> WrongCertificates => new()
    {
        { new WrongKeyFault(), ErrorId.AnswerWrongKey },
        { DifferentIdentityFault.Subject, ErrorId.AnswerWrongIdentity },
        { DifferentIdentityFault.Sans, ErrorId.AnswerWrongIdentity },
        { new ForeignRootFault(), ErrorId.AnswerUntrusted },
    };

    [Theory]
    [MemberData(nameof(WrongCertificates))]
    public async Task WrongCertificate_IsDiscarded(RequestFault fault, string id)
    {
        ca.Server.Faults.Add("/sign", fault);
        await Expect.FailureAsync(id, () => RequestAsync(Own()));
        Assert.Equal(1, attempts);
    }

    private Credential.Provisioner Own() => new("admin", password);

    // Before the faults are planned: the first token needs the list of provisioners.
    private async Task<Credential> GivenAsync() => new Credential.Token(OneTimeToken.Parse(await ca.TokenAsync(new("web.local") { Sans = ["web.local", "10.0.0.1"] })));

    private Task<KeyedCertificate> RequestAsync(Credential credential) => requester.RequestAsync(
        SigningRequest.Create(credential is Credential.Token ? null : "web.local", [], null, null, null, TimeProvider.System), key, credential,
        new IssuerOptions { Ca = new() { StepPath = ca.StepPath }, RetryTimeout = TimeSpan.FromSeconds(10), OnAttempt = _ => attempts++ }, default);
}
