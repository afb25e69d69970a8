using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace StepCaRenew.Integration.Engine;

/// <summary>An HTTP proxy that knows CONNECT alone, and for which every name is a port of this machine.</summary>
internal sealed class ConnectProxy(int target) : LoopbackServer(target)
{
    /// <summary>"user:password", or null if it takes every client.</summary>
    public string? Credentials { get; init; }

    /// <summary>The proxy's own certificate, where it is spoken to by TLS; it also asks the client for one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Whether a client showed it a certificate.</summary>
    public bool SawClientCertificate { get; private set; }

    /// <summary>The answer instead of a connection.</summary>
    public string? Refusal { get; set; }

    protected override async Task ServeAsync(TcpClient client)
    {
        await using var stream = await SecureAsync(client.GetStream());
        while (await ReadHeadAsync(stream) is { Length: > 0 } head)
        {
            AddRequest(head.Split("\r\n")[0]);
            if (AnswerTo(head) is { } answer)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
                continue;
            }

            using var other = await ConnectAsync();
            await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray());
            await Pipe.JoinAsync(stream, other.GetStream());
            return;
        }
    }

    private async Task<Stream> SecureAsync(NetworkStream stream)
    {
        if (Certificate is null)
            return stream;
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificate = Certificate,
            ClientCertificateRequired = true,
            RemoteCertificateValidationCallback = (_, shown, _, _) => (SawClientCertificate |= shown is not null) || true,
        });
        return tls;
    }

    private string? AnswerTo(string head)
    {
        if (Refusal is not null)
            return Refusal;
        return Credentials is null || head.Contains($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Credentials))}", StringComparison.Ordinal)
            ? null
            : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            head.Append((char)one[0]);
        return head.ToString();
    }
}
