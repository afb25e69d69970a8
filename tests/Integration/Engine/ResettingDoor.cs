using System.Net.Sockets;

namespace StepCaRenew.Integration.Engine;

/// <summary>
/// A way to a CA whose first visitor is reset in the moment that TLS 1.3 leaves open: the client believes the handshake
/// done, and the server's word on the client's certificate never arrives. All later visitors get through.
/// </summary>
internal sealed class ResettingDoor(int target) : LoopbackServer(target)
{
    public int Visitors { get; private set; }

    protected override async Task ServeAsync(TcpClient client)
    {
        var isFirst = ++Visitors == 1;
        using var server = await ConnectAsync();
        var (one, other) = (client.GetStream(), server.GetStream());
        if (!isFirst)
        {
            await Pipe.JoinAsync(one, other);
            return;
        }

        var buffer = new byte[64 * 1024];
        var hello = await one.ReadAsync(buffer);
        await other.WriteAsync(buffer.AsMemory(0, hello));
        _ = other.CopyToAsync(one);
        // The second message has the certificate of the client, and ends the handshake on its side.
        await one.ReadAtLeastAsync(buffer, 1);
        client.LingerState = new(true, 0);
    }
}
