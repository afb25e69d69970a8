using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.Ca;

/// <summary>The addresses of a host that were tried, and their failures. Thread-safe.</summary>
internal sealed class ConnectAttempts
{
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
