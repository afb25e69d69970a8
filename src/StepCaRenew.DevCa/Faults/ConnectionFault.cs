using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>A fault of a connection, before TLS.</summary>
public abstract record ConnectionFault
{
    internal abstract Task RunAsync(ConnectionContext connection);
}
