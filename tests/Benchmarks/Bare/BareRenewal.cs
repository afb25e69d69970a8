using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Benchmarks.Bare;

/// <summary>
/// The least that a renewal takes: a handshake with the client certificate and a CA whose root is known, a POST, the
/// answer read to its end. Nothing of the answer is checked but the status line, and nothing is written.
/// </summary>
public static class BareRenewal
{
    /// <summary>Loads all pairs of a folder, NAME.crt and NAME.key, before the clock runs.</summary>
    /// <param name="folder">The folder.</param>
    public static X509Certificate2[] Load(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.crt").Select(path => X509Certificate2.CreateFromPemFile(path, Path.ChangeExtension(path, ".key")))];

    /// <summary>Renews all at the CA, and returns how many.</summary>
    /// <param name="certificates">The certificates, with their keys.</param>
    /// <param name="host">The CA's host.</param>
    /// <param name="port">Its port.</param>
    /// <param name="rootPath">The file of its root certificate.</param>
    /// <param name="workers">How many at a time.</param>
    /// <exception cref="InvalidOperationException">The CA refused one.</exception>
    public static int Run(X509Certificate2[] certificates, string host, int port, string rootPath, int workers)
    {
        using var root = X509CertificateLoader.LoadCertificateFromFile(rootPath);
        var request = System.Text.Encoding.ASCII.GetBytes(
            $"POST /1.0/renew HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var renewed = 0;
        Parallel.ForEachAsync(certificates, new ParallelOptions { MaxDegreeOfParallelism = workers }, async (certificate, stopping) =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(host, port, stopping).ConfigureAwait(false);
            using var tls = new SslStream(new NetworkStream(socket));
            await tls.AuthenticateAsClientAsync(Options(certificate, host, root), stopping).ConfigureAwait(false);
            await tls.WriteAsync(request, stopping).ConfigureAwait(false);
            var buffer = new byte[16384];
            var length = 0;
            while (await tls.ReadAsync(buffer.AsMemory(length), stopping).ConfigureAwait(false) is > 0 and var read)
                length += read;
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 201 "u8))
                throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(buffer, 0, length));
            Interlocked.Increment(ref renewed);
        }).GetAwaiter().GetResult();
        return renewed;
    }

    private static SslClientAuthenticationOptions Options(X509Certificate2 certificate, string host, X509Certificate2 root) => new()
    {
        TargetHost = host,
        ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
        },
        AllowTlsResume = false,
    };
}
