using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using StepCaRenew.Servers;

namespace StepCaRenew.Unit.Servers;

/// <summary>Asks small TLS servers of this process for their certificates.</summary>
public sealed class ServerClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TestPair Pair = TestAuthority.Default.Issue();

    [Fact]
    public async Task Fetch_Server_ShowsItsChainInItsOrder_AndGetsOnlyTheHandshake()
    {
        using var server = Serve(Pair);
        using var served = await FetchAsync(server, "web.example.com");
        Assert.Equal(Pair.Leaf.RawData, served.Leaf.RawData);
        Assert.Equal([TestAuthority.Default.Intermediate.Subject], served.Others.Select(other => other.Subject));
        await server.WaitAsync();
        Assert.Equal(["web.example.com"], server.ServerNames);
        Assert.Equal((0, 1), (server.ExtraBytes, server.Connections));
    }

    [Fact]
    public async Task Fetch_WithoutAName_SendsNone()
    {
        using var server = Serve(Pair);
        using var served = await FetchAsync(server, serverName: null);
        Assert.Equal([string.Empty], server.ServerNames);
    }

    [Fact]
    public async Task Fetch_RsaKey_IsShown()
    {
        using var key = RSA.Create(2048);
        var pair = TestAuthority.Default.Issue(new LeafSpec { Key = key });
        using var server = Serve(pair);
        using var served = await FetchAsync(server);
        Assert.Equal(pair.Leaf.RawData, served.Leaf.RawData);
    }

    // A resumed session would show the certificate of the earlier connection.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Fetch_AfterAReload_ShowsTheNewCertificate(SslProtocols protocol)
    {
        using var server = new TestTlsServer { Protocols = protocol, Certificate = _ => TestTlsServer.Context(Pair) };
        using (var before = await FetchAsync(server))
            Assert.Equal(Pair.Leaf.SerialNumber, before.Leaf.SerialNumber);
        var next = TestAuthority.Default.Issue();
        server.Certificate = _ => TestTlsServer.Context(next);
        using var after = await FetchAsync(server);
        Assert.Equal(next.Leaf.SerialNumber, after.Leaf.SerialNumber);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Fetch_ServerThatRequiresAClientCertificate_ShowsItsOwnAndGetsNone(SslProtocols protocol)
    {
        using var server = new TestTlsServer { AsksForClientCertificate = true, Protocols = protocol, Certificate = _ => TestTlsServer.Context(Pair, TestAuthority.Default.Intermediate) };
        using var served = await FetchAsync(server);
        Assert.Equal(Pair.Leaf.SerialNumber, served.Leaf.SerialNumber);
        await server.WaitAsync();
        Assert.Equal(0, server.ClientCertificates);
    }

    [Fact]
    public async Task Fetch_NoListener_IsUnreachable()
    {
        using var port = new RefusingPort();
        var error = await FailsAsync(ErrorId.ServerUnreachable, ServerAddress.Parse($"tls://127.0.0.1:{port.Number}"));
        Assert.Contains("127.0.0.1 (refused)", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Fetch_NameWithoutAddress_IsUnreachable()
    {
        var client = new ServerClient(TimeProvider.System, (_, _) => throw new SocketException((int)SocketError.HostNotFound));
        var error = await Expect.FailureAsync(ErrorId.ServerUnreachable, () => client.FetchAsync(ServerAddress.Parse("https://web.test"), null, Patience, CancellationToken.None));
        Assert.Contains("cannot be resolved", error.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Fetch_SecondAddressAnswers_IsShown()
    {
        using var server = Serve(Pair);
        var client = new ServerClient(TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]));
        using var served = await client.FetchAsync(ServerAddress.Parse($"web.test:{server.Port}"), null, Patience, CancellationToken.None);
        Assert.Equal(Pair.Leaf.SerialNumber, served.Leaf.SerialNumber);
    }

    [Fact]
    public async Task Fetch_IPv6Literal_IsShown()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        using var server = new TestTlsServer(IPAddress.IPv6Loopback) { Certificate = _ => TestTlsServer.Context(Pair) };
        var address = ServerAddress.Parse($"https://[::1]:{server.Port}");
        using var served = await new ServerClient(TimeProvider.System).FetchAsync(address, address.ServerName, Patience, CancellationToken.None);
        Assert.Equal(Pair.Leaf.SerialNumber, served.Leaf.SerialNumber);
    }

    [Fact]
    public async Task Fetch_ServerThatSpeaksNoTls_FailsAtOnce()
    {
        using var server = Answering("HTTP/1.1 400 Bad Request\r\n\r\n");
        var error = await FailsAsync(ErrorId.TlsFailed, AddressOf(server));
        Assert.Contains("does not speak TLS", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ServerThatCloses_IsUnreachable()
    {
        using var server = new TestTlsServer { Before = (_, _) => Task.FromResult(false) };
        await FailsAsync(ErrorId.ServerUnreachable, AddressOf(server));
    }

    [Fact]
    public async Task Fetch_ServerThatEndsTheHandshake_NamesItsAlert()
    {
        // An alert: handshake_failure.
        using var server = Answering("\u0015\u0003\u0003\u0000\u0002\u0002\u0028");
        var error = await FailsAsync(ErrorId.TlsFailed, AddressOf(server));
        if (OperatingSystem.IsLinux())
            Assert.Contains("alert 40", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tls")]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("ldap")]
    [InlineData("postgres")]
    public async Task Fetch_ServerThatHangs_EndsInTime(string scheme)
    {
        using var server = new TestTlsServer
        {
            Before = async (_, end) =>
            {
                await Task.Delay(Timeout.Infinite, end);
                return false;
            },
        };
        var watch = Stopwatch.StartNew();
        var error = await FailsAsync(ErrorId.ServerTimeout, AddressOf(server, scheme), TimeSpan.FromMilliseconds(300));
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));
        Assert.Contains("within 0.3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ServerThatHangsInTheHandshake_EndsInTime()
    {
        // The header of a record, without its content.
        using var server = Answering("\u0016\u0003\u0003\u0000\u0040", andWait: true);
        await FailsAsync(ErrorId.ServerTimeout, AddressOf(server), TimeSpan.FromMilliseconds(300));
    }

    [Theory]
    [InlineData("tls", "banner ", ErrorId.TlsFailed)]
    [InlineData("smtp", "220-banner\r\n", ErrorId.ServerAnswerInvalid)]
    [InlineData("smtp", "220 no end of this line", ErrorId.ServerAnswerInvalid)]
    [InlineData("imap", "* OK banner", ErrorId.ServerAnswerInvalid)]
    [InlineData("imap", "* OK banner\r\n", ErrorId.ServerAnswerInvalid)]
    [InlineData("tls", "\u0016\u0003\u0003\u0000\u0004\u0000\u0000\u0000\u0000", ErrorId.ServerAnswerInvalid)]
    public async Task Fetch_ServerThatNeverEnds_IsCutOff(string scheme, string text, string errorId)
    {
        if (scheme == "tls" && errorId == ErrorId.ServerAnswerInvalid)
            Wine.Skip("its SChannel refuses the first empty message");
        var sent = 0L;
        using var server = new TestTlsServer
        {
            Before = async (stream, end) =>
            {
                var bytes = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(text, 100)));
                while (true)
                {
                    await stream.WriteAsync(bytes, end);
                    Interlocked.Add(ref sent, bytes.Length);
                }
            },
        };
        await FailsAsync(errorId, AddressOf(server, scheme));
        await server.WaitAsync();
        // The buffers of the sockets hold some more.
        Assert.InRange(Interlocked.Read(ref sent), 0, 32 * 1024 * 1024);
    }

    [Fact]
    public async Task Fetch_Cancelled_Ends()
    {
        using var server = Answering(string.Empty, andWait: true);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new ServerClient(TimeProvider.System).FetchAsync(AddressOf(server), null, Patience, stop.Token));
    }

    internal static ServerAddress AddressOf(TestTlsServer server, string scheme = "tls") => ServerAddress.Parse($"{scheme}://127.0.0.1:{server.Port}");

    internal static async Task<RenewalException> FailsAsync(string errorId, ServerAddress address, TimeSpan? timeout = null)
    {
        var watch = Stopwatch.StartNew();
        var error = await Expect.FailureAsync(errorId, async () => (await new ServerClient(TimeProvider.System).FetchAsync(address, "web.example.com", timeout ?? Patience, CancellationToken.None)).Dispose());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
        Assert.Contains(address.Authority, error.Message, StringComparison.Ordinal);
        return error;
    }

    private static TestTlsServer Serve(TestPair pair) => new() { Certificate = _ => TestTlsServer.Context(pair, TestAuthority.Default.Intermediate) };

    private static TestTlsServer Answering(string text, bool andWait = false) => new()
    {
        Before = async (stream, end) =>
        {
            await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, end);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(text), end);
            if (andWait)
                await Task.Delay(Timeout.Infinite, end);
            return false;
        },
    };

    private static Task<ServedChain> FetchAsync(TestTlsServer server, string? serverName = "web.example.com") =>
        new ServerClient(TimeProvider.System).FetchAsync(AddressOf(server), serverName, Patience, CancellationToken.None);
}
