using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StepCaRenew.Integration.Engine;

/// <summary>A SOCKS5 proxy (RFC 1928, RFC 1929) that takes names alone, and for which every name is a port of this machine.</summary>
internal sealed class SocksProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;
    private readonly ConcurrentQueue<string> requests = new();

    public SocksProxy(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>"user:password", or null if it takes every client.</summary>
    public string? Credentials { get; init; }

    /// <summary>The names and ports that were asked for.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        var stream = client.GetStream();
        try
        {
            var methods = await ReadAsync(stream, (await ReadAsync(stream, 2))[1]);
            var method = (byte)(Credentials is null ? 0 : 2);
            if (!methods.Contains(method))
                return;
            await stream.WriteAsync(new byte[] { 5, method });
            if (Credentials is not null && !await LogInAsync(stream))
                return;
            var head = await ReadAsync(stream, 4);
            // An address would mean that the client resolved the name itself.
            if (head[3] != 3)
                return;
            var name = Encoding.ASCII.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));
            var port = await ReadAsync(stream, 2);
            requests.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{name}:{port[0] << 8 | port[1]}"));
            using var other = new TcpClient();
            await other.ConnectAsync(IPAddress.Loopback, target);
            await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
            await Pipe.JoinAsync(stream, other.GetStream());
        }
        catch (IOException)
        {
        }
    }

    private async Task<bool> LogInAsync(NetworkStream stream)
    {
        var user = Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 2))[1]));
        var password = Encoding.UTF8.GetString(await ReadAsync(stream, (await ReadAsync(stream, 1))[0]));
        var isRight = $"{user}:{password}" == Credentials;
        await stream.WriteAsync(new byte[] { 1, (byte)(isRight ? 0 : 1) });
        return isRight;
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
