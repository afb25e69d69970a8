using System.ComponentModel;

namespace StepCaRenew.Actions;

/// <summary>The states of a service of Windows (SERVICE_STATUS).</summary>
internal enum ServiceState
{
    Stopped = 1,
    StartPending = 2,
    StopPending = 3,
    Running = 4,
    ContinuePending = 5,
    PausePending = 6,
    Paused = 7,
}

/// <summary>What a service does.</summary>
/// <param name="State">Its state.</param>
/// <param name="ExitCode">The error code of its last end; 0 for none.</param>
internal readonly record struct ServiceStatus(ServiceState State, int ExitCode = 0);

/// <summary>The service control manager of Windows. Each call returns soon; waiting is the caller's business.</summary>
internal interface IServiceManager
{
    /// <summary>The key name of a service, by that name or by its display name; null if there is none.</summary>
    /// <exception cref="Win32Exception">The manager cannot be asked.</exception>
    string? Find(string name);

    /// <summary>The present state of a service.</summary>
    /// <exception cref="Win32Exception">It cannot be asked.</exception>
    ServiceStatus Query(string service);

    /// <summary>The services that need this one, directly or not, in the order in which they are to be stopped.</summary>
    /// <exception cref="Win32Exception">They cannot be listed.</exception>
    IReadOnlyList<string> GetDependents(string service);

    /// <summary>Whether the start of a service is disabled: a restart would leave it stopped.</summary>
    /// <exception cref="Win32Exception">This account does not have permission to stop and start it.</exception>
    bool IsDisabled(string service);

    /// <summary>Tells a service to stop. One that does not run is left alone.</summary>
    /// <exception cref="Win32Exception">It cannot be stopped.</exception>
    void Stop(string service);

    /// <summary>Starts a service. One that runs is left alone.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    void Start(string service);
}
