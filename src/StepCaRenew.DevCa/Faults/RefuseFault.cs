using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>The connection is reset as soon as it is established.</summary>
/// <remarks>
/// The reset may come before the client's connect ends: .NET's HttpClient reports SecureConnectionError or
/// ConnectionError, and sometimes throws a SocketException (NotConnected).
/// </remarks>
public sealed record RefuseFault : ConnectionFault
{
    internal override Task RunAsync(ConnectionContext connection)
    {
        connection.Abort();
        return Task.CompletedTask;
    }
}
