using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Ca;

/// <summary>
/// Connects to the first address of a host that answers (RFC 8305, "Happy Eyeballs"): address families alternate, and the
/// next address is tried 250 ms after the previous one, or as soon as that fails.
/// </summary>
/// <param name="resolve">Resolves a name to its addresses, the preferred one first.</param>
/// <param name="clock">Measures the delay.</param>
internal sealed class AddressRace(Func<string, CancellationToken, Task<IPAddress[]>> resolve, TimeProvider clock)
{
    // RFC 8305 section 8: Connection Attempt Delay.
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Connects; has no timeout of its own.</summary>
    /// <exception cref="SocketException">The host has no address, or no address connected.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, ConnectAttempts attempts, CancellationToken cancellationToken)
    {
        var addresses = new Queue<IPAddress>(Interleave(IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken).ConfigureAwait(false)));
        if (addresses.Count == 0)
            throw new SocketException((int)SocketError.HostNotFound);
        using var losers = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<Socket?>>();
        try
        {
            while (addresses.TryDequeue(out var address) || running.Count > 0)
            {
                if (address is not null)
                    running.Add(TryAsync(address, port, attempts, losers.Token));
                var ended = await FirstAsync(running, addresses.Count > 0, losers.Token).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (ended is null)
                    continue;
                running.Remove(ended);
                if (await ended.ConfigureAwait(false) is { } socket)
                {
                    attempts.Succeed();
                    return socket;
                }
            }

            throw attempts.ToException();
        }
        finally
        {
            await losers.CancelAsync().ConfigureAwait(false);
            foreach (var loser in running)
                _ = CloseAsync(loser);
        }
    }

    /// <summary>Alternates the address families, beginning with that of the first address (RFC 8305 section 4).</summary>
    internal static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var families = addresses.GroupBy(address => address.AddressFamily).Select(family => family.ToList()).ToList();
        return [.. Enumerable.Range(0, addresses.Count).SelectMany(turn => families.Where(family => turn < family.Count).Select(family => family[turn]))];
    }

    // Null if no attempt ended within the delay.
    private async Task<Task<Socket?>?> FirstAsync(List<Task<Socket?>> running, bool isAnotherWaiting, CancellationToken cancellationToken)
    {
        if (!isAnotherWaiting)
            return await Task.WhenAny(running).ConfigureAwait(false);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny([.. running, Task.Delay(AttemptDelay, clock, waiting.Token)]).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        return first as Task<Socket?>;
    }

    private static async Task<Socket?> TryAsync(IPAddress address, int port, ConnectAttempts attempts, CancellationToken cancellationToken)
    {
        attempts.Begin(address);
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(new IPEndPoint(address, port), cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            attempts.Fail(address, e.SocketErrorCode);
        }
        catch (OperationCanceledException)
        {
            socket?.Dispose();
        }

        return null;
    }

    private static async Task CloseAsync(Task<Socket?> loser) => (await loser.ConfigureAwait(false))?.Dispose();
}

/// <summary>The addresses of a host that were tried, and their failures. Thread-safe.</summary>
internal sealed class ConnectAttempts
{
    /// <summary>The option of a request that holds its attempts, if many requests share a handler.</summary>
    public static readonly HttpRequestOptionsKey<ConnectAttempts> Key = new(nameof(ConnectAttempts));

    private readonly List<(IPAddress Address, SocketError? Failure)> tried = [];
    private bool isConnected;

    /// <summary>Records an attempt.</summary>
    public void Begin(IPAddress address)
    {
        lock (tried)
            tried.Add((address, null));
    }

    /// <summary>Records the failure of an attempt.</summary>
    public void Fail(IPAddress address, SocketError failure)
    {
        lock (tried)
            tried[tried.FindLastIndex(one => one.Address.Equals(address))] = (address, failure);
    }

    /// <summary>Records that an address connected: later failures have other causes.</summary>
    public void Succeed()
    {
        lock (tried)
            isConnected = true;
    }

    /// <summary>The exception if all failed: the first failure that is not a refusal, else a refusal.</summary>
    public SocketException ToException()
    {
        lock (tried)
            return new SocketException((int)(tried.Select(one => one.Failure).FirstOrDefault(failure => failure is not null and not SocketError.ConnectionRefused)
                ?? SocketError.ConnectionRefused));
    }

    /// <summary>The attempts, such as <c>::1 (no answer), 127.0.0.1 (refused)</c>; null if one connected, or none was tried.</summary>
    public string? Describe()
    {
        lock (tried)
            return isConnected || tried.Count == 0 ? null : string.Join(", ", tried.Select(one => $"{one.Address} ({Reason(one.Failure)})"));
    }

    private static string Reason(SocketError? failure) => failure switch
    {
        null or SocketError.TimedOut => "no answer",
        SocketError.ConnectionRefused => "refused",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route",
        SocketError.AccessDenied => "forbidden, possibly by a firewall",
        SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable => "this machine has no address of this family",
        { } other => $"{other}",
    };
}
