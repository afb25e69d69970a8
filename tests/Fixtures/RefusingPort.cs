using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Fixtures;

/// <summary>
/// A port of 127.0.0.1 that refuses connections. It stays bound, because a port that was only given back can become that of a server of
/// another test at once.
/// </summary>
internal sealed class RefusingPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public RefusingPort() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public void Dispose() => socket.Dispose();
}
