using System.ComponentModel;

namespace StepCaRenew.FollowUps.Actions;

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

/// <summary>The status of a service.</summary>
/// <param name="State">The present state.</param>
/// <param name="ExitCode">The error code with which it last ended; 0 for none.</param>
internal readonly record struct ServiceStatus(ServiceState State, int ExitCode = 0);

/// <summary>The service control manager of Windows. Calls return at once; the caller waits for the new state.</summary>
internal interface IServiceManager
{
    /// <summary>The key name of a service, by that name or by its display name; null if there is none.</summary>
    /// <exception cref="Win32Exception">The manager cannot be queried.</exception>
    string? Find(string name);

    /// <summary>The present state of a service.</summary>
    /// <exception cref="Win32Exception">The service cannot be queried.</exception>
    ServiceStatus Query(string service);

    /// <summary>The services that depend on this one, directly or not, in the order to stop them.</summary>
    /// <exception cref="Win32Exception">The services cannot be listed.</exception>
    IReadOnlyList<string> GetDependents(string service);

    /// <summary>Whether the service is disabled: after a stop it could not be started again.</summary>
    /// <exception cref="Win32Exception">This account does not have permission to stop and start it.</exception>
    bool IsDisabled(string service);

    /// <summary>Tells a service to stop; does nothing if it does not run.</summary>
    /// <exception cref="Win32Exception">The service cannot be stopped.</exception>
    void Stop(string service);

    /// <summary>Starts a service; does nothing if it runs.</summary>
    /// <exception cref="Win32Exception">The service cannot be started.</exception>
    void Start(string service);
}
