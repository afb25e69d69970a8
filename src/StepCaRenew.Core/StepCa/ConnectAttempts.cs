using System.Net;
using System.Net.Sockets;

namespace StepCaRenew.StepCa;

/// <summary>Which addresses of a host were tried, and what became of each; from any thread.</summary>
internal sealed class ConnectAttempts
{
    private readonly List<(IPAddress Address, SocketError? Failure)> tried = [];
    private bool isConnected;

    /// <summary>Takes down that an address is tried.</summary>
    public void Begin(IPAddress address)
    {
        lock (tried)
            tried.Add((address, null));
    }

    /// <summary>Takes down why an address failed.</summary>
    public void Fail(IPAddress address, SocketError failure)
    {
        lock (tried)
            tried[tried.FindLastIndex(one => one.Address.Equals(address))] = (address, failure);
    }

    /// <summary>Takes down that one connected: what fails later is not about addresses.</summary>
    public void Succeed()
    {
        lock (tried)
            isConnected = true;
    }

    /// <summary>The failure of all, by the code they have in common, else that of the first.</summary>
    public SocketException ToException()
    {
        lock (tried)
            return new SocketException((int)(tried.Select(one => one.Failure).FirstOrDefault(failure => failure is not null and not SocketError.ConnectionRefused)
                ?? SocketError.ConnectionRefused));
    }

    /// <summary>What was tried, such as <c>::1 (no answer), 127.0.0.1 (refused)</c>; null if one connected, or none was tried.</summary>
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
        SocketError.AccessDenied => "forbidden, by a firewall perhaps",
        SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable => "this machine does not use such addresses",
        { } other => $"{other}",
    };
}
