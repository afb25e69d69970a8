using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Fixtures;

/// <summary>A TLS server on a free port of this machine. It reads what the client sends until the client ends the connection.</summary>
internal sealed class TestTlsServer : IDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource end = new(TimeSpan.FromMinutes(2));
    private readonly ConcurrentQueue<string> serverNames = new();
    private int connections;
    private int extraBytes;
    private int clientCertificates;

    public TestTlsServer(IPAddress? address = null, int port = 0)
    {
        listener = new TcpListener(address ?? IPAddress.Loopback, port);
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Serves the part before TLS; false ends the connection without TLS.</summary>
    public Func<NetworkStream, CancellationToken, Task<bool>> Before { get; init; } = (_, _) => Task.FromResult(true);

    /// <summary>Chooses the certificate, with its key, for the name that the client asks for.</summary>
    public Func<string, SslStreamCertificateContext> Certificate
    {
        get;
        set
        {
            Wine.Skip("its SChannel does not serve TLS");
            field = value;
        }
    } = _ => throw new InvalidOperationException("The test gives no certificate.");

    public bool AsksForClientCertificate { get; init; }

    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    public int Connections => connections;

    /// <summary>The names that clients asked for; empty if a client named none.</summary>
    public IReadOnlyList<string> ServerNames => [.. serverNames];

    /// <summary>How many bytes clients sent after the handshake.</summary>
    public int ExtraBytes => extraBytes;

    public int ClientCertificates => clientCertificates;

    /// <summary>A certificate with its key and the rest of its chain, as a server has it.</summary>
    public static SslStreamCertificateContext Context(TestPair pair, params X509Certificate2[] chain) =>
        Context(pair.Key is RSA rsa ? pair.Leaf.CopyWithPrivateKey(rsa) : pair.Leaf.CopyWithPrivateKey((ECDsa)pair.Key), chain);

    /// <inheritdoc cref="Context(TestPair, X509Certificate2[])"/>
    public static SslStreamCertificateContext Context(X509Certificate2 certificate, params X509Certificate2[] chain) =>
        SslStreamCertificateContext.Create(OperatingSystem.IsWindows() ? WithStoredKey(certificate) : certificate, [.. chain], offline: true);

    // SChannel serves no key that is only in memory.
    private static X509Certificate2 WithStoredKey(X509Certificate2 certificate) =>
#if NET9_0_OR_GREATER
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
#else
        new(certificate.Export(X509ContentType.Pfx));
#endif

    /// <summary>Waits until all connections have ended.</summary>
    public async Task WaitAsync()
    {
        for (var turns = 0; Volatile.Read(ref open) > 0; turns++)
        {
            Assert.True(turns < 500, "A connection stays open.");
            await Task.Delay(10);
        }
    }

    public void Dispose()
    {
        end.Cancel();
        listener.Dispose();
    }

    private int open;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                Interlocked.Increment(ref connections);
                Interlocked.Increment(ref open);
                _ = ServeAndCloseAsync(client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private async Task ServeAndCloseAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            if (await Before(client.GetStream(), end.Token))
                await SecureAsync(client.GetStream());
        }
        catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client ended the connection.
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task SecureAsync(NetworkStream stream)
    {
        await using var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync((_, hello, _, _) =>
        {
            serverNames.Enqueue(hello.ServerName);
            return ValueTask.FromResult(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = Certificate(hello.ServerName),
                ClientCertificateRequired = AsksForClientCertificate,
                EnabledSslProtocols = Protocols,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    if (certificate is not null)
                        Interlocked.Increment(ref clientCertificates);
                    // As a server that requires a certificate.
                    return !AsksForClientCertificate || certificate is not null;
                },
            });
        }, state: null, end.Token);
        var buffer = new byte[4096];
        while (await tls.ReadAsync(buffer, end.Token) is > 0 and var count)
            Interlocked.Add(ref extraBytes, count);
    }
}
