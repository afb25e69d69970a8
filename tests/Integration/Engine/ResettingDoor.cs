using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Integration.Engine;

/// <summary>
/// A way to a CA whose first visitor is reset in the moment that TLS 1.3 leaves open: the client believes the handshake
/// done, and the server's word on the client's certificate never arrives. All later visitors get through.
/// </summary>
internal sealed class ResettingDoor : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int target;

    public ResettingDoor(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Visitors { get; private set; }

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(), isFirst: ++Visitors == 1);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task ServeAsync(TcpClient accepted, bool isFirst)
    {
        using var client = accepted;
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, target);
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
