using Microsoft.AspNetCore.Connections;

namespace StepCaRenew.DevCa.Faults;

/// <summary>Something that goes wrong before there is TLS.</summary>
public abstract record ConnectionFault
{
    internal abstract Task RunAsync(ConnectionContext connection);
}
