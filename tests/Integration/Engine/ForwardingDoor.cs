using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Integration.Engine;

/// <summary>A port that refuses connections until it is opened, and then leads to another one.</summary>
internal sealed class ForwardingDoor : IDisposable
{
    private readonly int target;
    private readonly Socket reserved;

    public ForwardingDoor(int target, IPAddress? address = null)
    {
        this.target = target;
        address ??= IPAddress.Loopback;
        reserved = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        // Bound, so that nobody else gets the port, but not listening.
        reserved.Bind(new IPEndPoint(address, 0));
        Port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public void Open()
    {
        reserved.Listen();
        _ = AcceptAsync();
    }

    public void Dispose() => reserved.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ForwardAsync(await reserved.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ForwardAsync(Socket client)
    {
        using var one = new NetworkStream(client, ownsSocket: true);
        using var other = new TcpClient();
        await other.ConnectAsync(IPAddress.Loopback, target);
        await Pipe.JoinAsync(one, other.GetStream());
    }
}
