using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace StepCaRenew.Integration.Engine;

/// <summary>A SOCKS5 proxy (RFC 1928, RFC 1929) that takes names alone, and for which every name is a port of this machine.</summary>
internal sealed class SocksProxy(int target) : LoopbackServer(target)
{
    /// <summary>"user:password", or null if it takes every client.</summary>
    public string? Credentials { get; init; }

    protected override async Task ServeAsync(TcpClient client)
    {
        var stream = client.GetStream();
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
        AddRequest(string.Create(CultureInfo.InvariantCulture, $"{name}:{port[0] << 8 | port[1]}"));
        using var other = await ConnectAsync();
        await stream.WriteAsync(new byte[] { 5, 0, 0, 1, 0, 0, 0, 0, 0, 0 });
        await Pipe.JoinAsync(stream, other.GetStream());
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
