using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>A CA that is reached through an HTTP proxy, under a name that only the proxy knows.</summary>
public sealed class ProxyTests : EngineTest
{
    private const string Name = "ca.stepcarenew.test";
    private const string Secret = "Kiebitz-0815";

    public static MatrixTheoryData<string, bool> Ways { get; } = new(["https_proxy", "HTTPS_PROXY"], [true, false]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task NamedCa_IsReachedThroughTheProxy(string variable, bool useToken)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var proxy = new ConnectProxy(ca.Server.Url.Port);
        Variables[variable] = $"http://127.0.0.1:{proxy.Port}";
        await RenewedAsync(ByToken(Request(ca), useToken));
        Assert.Equal([$"CONNECT {Name}:443 HTTP/1.1"], proxy.Requests);
    }

    [Theory]
    [InlineData("127.0.0.1:{0}")]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://user:Kiebitz-0815@127.0.0.1:{0}")]
    [InlineData("http://user%40corp:Kiebitz%2d0815@127.0.0.1:{0}")]
    public async Task Address_MayHaveManyForms(string form)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var proxy = new ConnectProxy(ca.Server.Url.Port)
        {
            Credentials = form.Contains("%40", StringComparison.Ordinal) ? $"user@corp:{Secret}" : form.Contains('@', StringComparison.Ordinal) ? $"user:{Secret}" : null,
        };
        Variables["HTTPS_PROXY"] = form.Replace("{0}", $"{proxy.Port}", StringComparison.Ordinal);
        Assert.Equal(1, (await RenewedAsync(Request(ca))).Attempts);
        AssertNoSecret(null);
    }

    [Theory]
    [InlineData(Name, true)]
    [InlineData("stepcarenew.test", true)]
    [InlineData(".stepcarenew.test", true)]
    [InlineData("*", true)]
    [InlineData("other.test, CA.StepCaRenew.Test", true)]
    [InlineData("carenew.test", false)]
    [InlineData("other.test", false)]
    [InlineData("ca.stepcarenew.test:443", true)]
    [InlineData("ca.stepcarenew.test:444", false)]
    public async Task NoProxy_IsHonoured(string excluded, bool direct)
    {
        var ca = await CaAsync(CaKind.DevCa);
        using var proxy = new ConnectProxy(ca.Url.Port) { Refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" };
        Variables["https_proxy"] = $"http://127.0.0.1:{proxy.Port}";
        Variables["no_proxy"] = excluded;
        // Directly, nobody knows the name.
        await FailsAsync(direct ? ErrorId.CaUnreachable : ErrorId.ProxyRefused, Request(ca, await IssueAsync(ca)) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://{Name}" } });
        Assert.Equal(direct ? 0 : 1, proxy.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task CaOnThisMachine_IsNeverProxied(CaKind kind)
    {
        var ca = await CaAsync(kind);
        using var proxy = new ConnectProxy(ca.Url.Port);
        Variables["https_proxy"] = $"http://127.0.0.1:{proxy.Port}";
        await RenewedAsync(Request(ca, await IssueAsync(ca)));
        Assert.Empty(proxy.Requests);
    }

    // Go knows no ALL_PROXY: directly, nobody knows the name.
    [Theory]
    [InlineData("all_proxy")]
    [InlineData("ALL_PROXY")]
    [InlineData("http_proxy")]
    public async Task OtherVariables_AreNotRead(string variable)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var proxy = new ConnectProxy(ca.Server.Url.Port);
        Variables[variable] = $"http://127.0.0.1:{proxy.Port}";
        await FailsAsync(ErrorId.CaUnreachable, Request(ca));
        Assert.Empty(proxy.Requests);
    }

    // The CA's name is for the proxy to resolve: nobody else knows it.
    [Theory]
    [InlineData("socks5://127.0.0.1:{0}", null)]
    [InlineData("socks5h://127.0.0.1:{0}", null)]
    [InlineData("socks5h://user:Kiebitz-0815@127.0.0.1:{0}", "user:Kiebitz-0815")]
    [InlineData("socks5h://localhost:{0}", null)]
    public async Task SocksProxy_IsTheWay(string form, string? credentials)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var proxy = new SocksProxy(ca.Server.Url.Port) { Credentials = credentials };
        Variables["HTTPS_PROXY"] = form.Replace("{0}", $"{proxy.Port}", StringComparison.Ordinal);
        await RenewedAsync(Request(ca));
        Assert.Equal([$"{Name}:443"], proxy.Requests);
        AssertNoSecret(null);
    }

    // Never a direct connection in silence.
    [Theory]
    [InlineData("socks://user:Kiebitz-0815@127.0.0.1:1")]
    [InlineData("http://proxy:port")]
    [InlineData("http://user:Kiebitz-0815#1@127.0.0.1:1")]
    public async Task ProxyThatCannotBeUsed_IsAnErrorAndTheCaIsNotAsked(string value)
    {
        await using var ca = await OwnCa.StartAsync(new());
        Variables["HTTPS_PROXY"] = value;
        var request = ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1)));
        var (result, error) = await FailsAsync(ErrorId.ProxyInvalid, request with { Ca = request.Ca with { CaUrl = $"https://{Name}:{ca.Server.Url.Port}" }, RetryTimeout = TimeSpan.FromMinutes(5) });
        Assert.Equal(0, result.Attempts);
        Assert.Equal(0, ca.Server.Requests.Count("/renew"));
        Assert.False(error.IsTransient);
        Assert.Equal(0, Log.Count(Event.Retrying));
        AssertNoSecret(error);
        Assert.DoesNotContain(Secret, result.Message, StringComparison.Ordinal);
        // A connection without a proxy is not delayed by one.
        await RenewedAsync(request);
    }

    // By a child, since a process reads what it trusts once.
    [Fact]
    public async Task TlsProxyThatTheMachineTrusts_IsTheWay_AndSeesNoClientCertificate()
    {
        Tool.RequireLinux();
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = new CertificateRequest("CN=proxy", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        own.CertificateExtensions.Add(names.Build());
        own.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = own.CreateSelfSigned(DateTimeOffset.Now.AddHours(-1), DateTimeOffset.Now.AddHours(1));
        using var proxy = new ConnectProxy(ca.Server.Url.Port) { Certificate = certificate, Credentials = $"user:{Secret}" };
        var trusted = Path.Combine(Folder, "machine.crt");
        File.WriteAllText(trusted, certificate.ExportCertificatePem());
        var request = Request(ca) with { Ca = new() { StepPath = ca.StepPath } };

        await using var child = Child.StartAs(
            ["env", $"SSL_CERT_FILE={trusted}", "SSL_CERT_DIR=/nonexistent", $"HTTPS_PROXY=https://user:{Secret}@127.0.0.1:{proxy.Port}", $"STEP_CA_URL=https://{Name}"],
            ["run-with-variables", .. ChildProgram.Tell(request)]);
        var (exit, output, errors) = await child.EndAsync();

        Assert.True(exit == 0, output + errors);
        Assert.Equal($"CONNECT {Name}:443 HTTP/1.1", Assert.Single(proxy.Requests.Distinct()));
        Assert.False(proxy.SawClientCertificate);
        Assert.DoesNotContain(Secret, output + errors, StringComparison.Ordinal);
    }

    // TLS to the proxy is the machine's matter, and not the step root's: a proxy with the CA's own certificate is a stranger.
    [Fact]
    public async Task TlsProxyThatTheMachineDoesNotTrust_IsRefused_AndSeesNeitherNameNorPassword()
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name, "localhost"] });
        using var door = new ForwardingDoor(ca.Server.Url.Port);
        door.Open();
        Variables["HTTPS_PROXY"] = $"https://user:{Secret}@localhost:{door.Port}";
        var (_, error) = await FailsAsync(ErrorId.ProxyRefused, Request(ca));
        Assert.Contains($"localhost:{door.Port}", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, ca.Server.Requests.Count("/renew"));
        AssertNoSecret(error);
    }

    // The proxy leads to a CA, but to one of another name.
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OtherServerName_IsNotTrusted(CaKind kind)
    {
        var ca = await CaAsync(kind);
        using var proxy = new ConnectProxy(ca.Url.Port);
        Variables["https_proxy"] = $"http://127.0.0.1:{proxy.Port}";
        var (result, error) = await FailsAsync(ErrorId.CaUntrusted, Request(ca, await IssueAsync(ca)) with
        {
            Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://{Name}" },
            RetryTimeout = TimeSpan.FromMinutes(5),
        });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("another name", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://user:Kiebitz-0815@127.0.0.1:{0}")]
    [InlineData("http://127.0.0.1:{0}")]
    public async Task WrongOrNoCredentials_AreRefused_AndNotTold(string form)
    {
        var ca = await CaAsync(CaKind.DevCa);
        using var proxy = new ConnectProxy(ca.Url.Port) { Credentials = "user:other" };
        Variables["https_proxy"] = form.Replace("{0}", $"{proxy.Port}", StringComparison.Ordinal);
        var (result, error) = await FailsAsync(ErrorId.ProxyRefused, Request(ca, await IssueAsync(ca)) with
        {
            Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://{Name}" },
            RetryTimeout = TimeSpan.FromMinutes(5),
        });
        Assert.Equal(1, result.Attempts);
        Assert.Contains("407", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error);
    }

    // A gateway that finds no CA behind it just now, may find one shortly.
    [Theory]
    [InlineData(403, false)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    public async Task Refusal_IsTriedAgainWhereItMayPass(int status, bool isTransient)
    {
        await using var ca = await OwnCa.StartAsync(new() { DnsNames = [Name] });
        using var proxy = new ConnectProxy(ca.Server.Url.Port) { Refusal = $"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n" };
        Variables["https_proxy"] = $"http://user:{Secret}@127.0.0.1:{proxy.Port}";
        var (result, error) = await FailsAsync(ErrorId.ProxyRefused, Request(ca));
        Assert.Equal(1, result.Attempts);
        Assert.Equal(isTransient, error.IsTransient);
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error);

        Log.OnEvent = id => proxy.Refusal = id == Event.Retrying ? null : proxy.Refusal;
        var (again, _) = await RunAsync(Request(ca) with { RetryTimeout = TimeSpan.FromMinutes(1) });
        AssertResult.Is(again, isTransient ? RenewalStatus.Renewed : RenewalStatus.Failed, attempts: isTransient ? 2 : 1);
    }

    [Theory]
    [InlineData("SSH-2.0-\u001b[31mOpenSSH\u0007\r\n\r\n")]
    [InlineData("HTTP/1.1 \u001b[31m 200\r\n\r\n")]
    public async Task NoHttpProxy_IsAnErrorThatMovesNoCursor(string banner)
    {
        var ca = await CaAsync(CaKind.DevCa);
        using var proxy = new ConnectProxy(ca.Url.Port) { Refusal = banner };
        Variables["https_proxy"] = $"http://user:{Secret}@127.0.0.1:{proxy.Port}";
        var (result, error) = await RunAsync(Request(ca, await IssueAsync(ca)) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://{Name}" } });
        Assert.Contains(result.ErrorId, new[] { ErrorId.CaAnswerInvalid, ErrorId.ProxyRefused });
        Assert.DoesNotContain(error!.Message, char.IsControl);
        AssertNoSecret(error);
    }

    [Fact]
    public async Task ProxyThatIsDown_IsNamed()
    {
        var ca = await CaAsync(CaKind.DevCa);
        using var door = new ForwardingDoor(ca.Url.Port);
        Variables["https_proxy"] = $"http://user:{Secret}@127.0.0.1:{door.Port}";
        var (_, error) = await FailsAsync(ErrorId.CaUnreachable, Request(ca, await IssueAsync(ca)) with { Ca = new() { StepPath = ca.StepPath, CaUrl = $"https://{Name}" } });
        Assert.True(error.IsTransient);
        Assert.Contains($"127.0.0.1:{door.Port}", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error);
    }

    private RenewalRequest Request(OwnCa ca)
    {
        var request = ca.Request(ca.Issue(Folder, DateTimeOffset.Now.AddMinutes(-1)));
        return request with { Ca = request.Ca with { CaUrl = $"https://{Name}" } };
    }

    private void AssertNoSecret(RenewalException? error)
    {
        foreach (var text in Log.Events.SelectMany(one => new[] { one.Message, one.Values, $"{one.Exception}" }).Append($"{error} {error?.Remedy}"))
            Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
    }
}
