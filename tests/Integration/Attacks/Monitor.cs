using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Integration.Attacks;

/// <summary>A monitor that keeps all requests.</summary>
internal sealed class Monitor : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly List<string> told = [];

    public Monitor()
    {
        var port = FreePort();
        Address = $"http://127.0.0.1:{port}/ping";
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        _ = ListenAsync();
    }

    /// <summary>The address of the monitor.</summary>
    public string Address { get; }

    /// <summary>Each call, as method, path and body.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (told)
                return [.. told];
        }
    }

    public void Dispose() => listener.Close();

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync();
                lock (told)
                    told.Add($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {body}".TrimEnd());
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
