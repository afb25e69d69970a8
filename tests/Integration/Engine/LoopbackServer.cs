using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StepCaRenew.Integration.Engine;

/// <summary>A server on a free port of this machine, in front of another port.</summary>
internal abstract class LoopbackServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> requests = new();
    private readonly int target;

    protected LoopbackServer(int target)
    {
        this.target = target;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The requests that a proxy got, each as a line.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    public void Dispose() => listener.Dispose();

    /// <summary>Serves a connection; it is closed afterwards.</summary>
    protected abstract Task ServeAsync(TcpClient client);

    protected void AddRequest(string request) => requests.Enqueue(request);

    /// <summary>Connects to the port behind.</summary>
    protected async Task<TcpClient> ConnectAsync()
    {
        var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, target);
        return server;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAndCloseAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAndCloseAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            await ServeAsync(client);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            // The client ended the connection.
        }
    }
}
