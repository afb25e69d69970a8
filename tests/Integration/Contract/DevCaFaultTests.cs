using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>Each fault of DevCa does what its name says, once.</summary>
public sealed class DevCaFaultTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private DevTestCa _ca = null!;
    private IssuedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _ca = await DevTestCa.StartAsync(new());
        _pair = await _ca.IssueAsync(new() { Folder = _folder });
    }

    public async ValueTask DisposeAsync()
    {
        await _ca.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<CaAnswer> RenewAsync(RequestFault? fault = null)
    {
        if (fault is not null)
            _ca.Server.Faults.Add("/renew", fault);
        using var certificate = _pair.LoadWithKey();
        return await CaAnswer.SendAsync(_ca, HttpMethod.Post, "/1.0/renew", certificate: certificate);
    }

    private async Task<X509Certificate2> LeafAsync(IssuanceFault fault)
    {
        var answer = await RenewAsync(fault);
        Assert.Equal(201, answer.Status);
        Assert.Equal(_pair.Intermediate.SubjectName.RawData, answer.Chain[0].IssuerName.RawData);
        return answer.Chain[0];
    }

    [Fact]
    public async Task Faults_HappenAsOftenAsPlanned_AndOnTheirPathOnly()
    {
        _ca.Server.Faults.Add("/renew", new StatusFault(503, TimeSpan.FromSeconds(7)), times: 2);
        Assert.Equal(200, (await CaAnswer.SendAsync(_ca, HttpMethod.Get, "/health")).Status);
        foreach (var status in new[] { 503, 503, 201 })
            Assert.Equal(status, (await RenewAsync()).Status);
        Assert.Equal(0, _ca.Server.Faults.Pending);
        Assert.Equal(3, _ca.RequestCount("/renew"));
    }

    [Fact]
    public async Task RetryAfter_IsSent()
    {
        _ca.Server.Faults.Add("/health", new StatusFault(429, TimeSpan.FromSeconds(7)));
        using var http = CaClient.Create(_ca);
        using var answer = await http.GetAsync("/health");
        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task ConnectionFaults_BreakTheConnection()
    {
        _ca.Server.Faults.Add(new RefuseFault());
        _ca.Server.Faults.Add(new NotTlsFault());
        _ca.Server.Faults.Add(new SilentFault(TimeSpan.FromMilliseconds(100)));
        for (var i = 0; i < 3; i++)
        {
            // A reset can arrive before the client's connect ends; then HttpClient
            // reports ConnectionError, or throws a SocketException.
            var error = await Assert.ThrowsAnyAsync<Exception>(() => RenewAsync());
            Assert.True(error is SocketException or HttpRequestException
            {
                HttpRequestError: HttpRequestError.SecureConnectionError or HttpRequestError.ConnectionError,
            }, error.ToString());
        }
        Assert.Equal(201, (await RenewAsync()).Status);
    }

    [Fact]
    public async Task Cut_AndDrop_EndBeforeTheAnswerIsComplete()
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => RenewAsync(new CutFault(100)));
        await Assert.ThrowsAsync<HttpRequestException>(() => RenewAsync(new DropFault()));
        Assert.Equal(201, (await RenewAsync()).Status);
    }

    [Fact]
    public async Task Delay_TakesItsTime()
    {
        var begin = TimeProvider.System.GetTimestamp();
        Assert.Equal(201, (await RenewAsync(new DelayFault(TimeSpan.FromMilliseconds(300)))).Status);
        Assert.True(TimeProvider.System.GetElapsedTime(begin) >= TimeSpan.FromMilliseconds(290));
    }

    [Fact]
    public async Task SlowLoris_NeverEndsInTime()
    {
        _ca.Server.Faults.Add("/renew", new SlowLorisFault(TimeSpan.FromMilliseconds(50)));
        using var certificate = _pair.LoadWithKey();
        using var http = CaClient.Create(_ca, certificate);
        using var answer = await http.SendAsync(new(HttpMethod.Post, "/renew"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(201, (int)answer.StatusCode);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.Content.ReadAsStringAsync(patience.Token));
    }

    [Fact]
    public async Task Bodies_AreAsPlanned()
    {
        var garbage = await RenewAsync(RawFault.Garbage);
        Assert.ThrowsAny<JsonException>(() => garbage.Json);
        Assert.Equal("{}", (await RenewAsync(RawFault.EmptyObject)).Text);
        Assert.True((await RenewAsync(RawFault.Huge)).Text.Length > 10_000_000);
        var html = await RenewAsync(new ProxyHtmlFault(502));
        Assert.Equal(502, html.Status);
        Assert.Equal("text/html", html.MediaType);
    }

    [Fact]
    public async Task WrongKey_IsAnotherKey() =>
        Assert.NotEqual(_pair.Leaf.PublicKey.EncodedKeyValue.RawData, (await LeafAsync(new WrongKeyFault())).PublicKey.EncodedKeyValue.RawData);

    [Fact]
    public async Task OtherSans_AreOther_AndTheSubjectStays()
    {
        var leaf = await LeafAsync(DifferentIdentityFault.Sans);
        Assert.Equal(["other.local"], LeafAssert.Names(leaf).EnumerateDnsNames());
        Assert.Equal(_pair.Leaf.SubjectName.RawData, leaf.SubjectName.RawData);
    }

    [Fact]
    public async Task OtherSubject_IsOther_AndTheSansStay()
    {
        var leaf = await LeafAsync(DifferentIdentityFault.Subject);
        Assert.Equal("CN=other.local", leaf.Subject);
        Assert.Equal(LeafAssert.Names(_pair.Leaf).RawData, LeafAssert.Names(leaf).RawData);
    }

    [Fact]
    public async Task Validity_IsAsPlanned()
    {
        Assert.True((await LeafAsync(ValidityFault.ShorterLife)).NotAfter < _pair.Leaf.NotAfter);
        Assert.True((await LeafAsync(ValidityFault.NotYetValid)).NotBefore > DateTime.Now.AddMinutes(30));
    }

    [Fact]
    public async Task ForeignRoot_DoesNotChainToTheRoot()
    {
        var chain = (await RenewAsync(new ForeignRootFault())).Chain;
        Assert.Equal(_pair.Leaf.PublicKey.EncodedKeyValue.RawData, chain[0].PublicKey.EncodedKeyValue.RawData);
        using var check = new X509Chain { ChainPolicy = CaClient.Trust(_ca) };
        check.ChainPolicy.ExtraStore.Add(chain[1]);
        Assert.False(check.Build(chain[0]));
    }

    [Fact]
    public async Task Chain_IsIncomplete()
    {
        var old = (await RenewAsync(ChainFault.NoCertChain)).Json;
        Assert.False(old.ContainsKey("certChain"));
        Assert.NotNull(old["ca"]);
        var bare = await RenewAsync(ChainFault.LeafOnly);
        Assert.Single(bare.Chain);
        Assert.Null(bare.Json["ca"]);
    }

    [Fact]
    public async Task Log_HasClientAndProtocol()
    {
        await RenewAsync();
        var entry = _ca.Server.Requests.Entries.Single(e => e.Path == "/renew");
        Assert.Equal("POST", entry.Method);
        Assert.Equal("HTTP/1.1", entry.Protocol);
        Assert.Equal(_pair.Leaf.SerialNumber, entry.ClientSerial);
    }
}
