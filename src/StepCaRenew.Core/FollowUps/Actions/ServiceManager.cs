using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>
/// The service control manager of this machine. Queries only the named service: a list of all services fails if this account has
/// no permission to query one of them. Tested only under Wine.
/// </summary>
[SupportedOSPlatform("windows")]
internal sealed partial class ServiceManager : IServiceManager
{
    private const int Connect = 1;
    private const int QueryConfig = 1;
    private const int QueryStatus = 4;
    private const int EnumerateDependents = 8;
    private const int StartService = 0x10;
    private const int StopService = 0x20;
    private const int StopControl = 1;
    private const int AllStates = 3;
    private const int Disabled = 4;

    private const int InvalidName = 123;
    private const int AlreadyRunning = 1056;
    private const int DoesNotExist = 1060;
    private const int CannotAcceptControl = 1061;
    private const int NotActive = 1062;
    private const int SpecificError = 1066;

    /// <inheritdoc/>
    public unsafe string? Find(string name)
    {
        using var manager = OpenManager();
        using (var service = OpenService(manager, name, QueryStatus))
        {
            if (!service.IsInvalid)
                return name;
        }

        if (Marshal.GetLastPInvokeError() is not (DoesNotExist or InvalidName) and var error)
            throw new Win32Exception(error);
        var buffer = stackalloc char[257];
        var length = 257;
        return GetServiceKeyName(manager, name, buffer, ref length) ? new string(buffer, 0, length)
            : Marshal.GetLastPInvokeError() is DoesNotExist or InvalidName ? null
            : throw LastError();
    }

    /// <inheritdoc/>
    public ServiceStatus Query(string service)
    {
        using var handle = Open(service, QueryStatus);
        if (!QueryServiceStatus(handle, out var status))
            throw LastError();
        return new ServiceStatus((ServiceState)status.State, status.ExitCode == SpecificError ? status.SpecificExitCode : status.ExitCode);
    }

    /// <inheritdoc/>
    public unsafe IReadOnlyList<string> GetDependents(string service)
    {
        using var handle = Open(service, EnumerateDependents);
        // The manager returns at most 64 KB.
        var buffer = new byte[64 * 1024];
        fixed (byte* first = buffer)
        {
            if (!EnumDependentServices(handle, AllStates, first, buffer.Length, out _, out var count))
                throw LastError();
            var found = (EnumStatus*)first;
            return [.. Enumerable.Range(0, count).Select(index => Marshal.PtrToStringUni(found[index].Name)!)];
        }
    }

    /// <inheritdoc/>
    public unsafe bool IsDisabled(string service)
    {
        using var handle = Open(service, QueryConfig | QueryStatus | StartService | StopService);
        // QUERY_SERVICE_CONFIG is at most 8 KB; the start type is its second number.
        var buffer = new byte[8 * 1024];
        fixed (byte* first = buffer)
            return QueryServiceConfig(handle, first, buffer.Length, out _) ? ((int*)first)[1] == Disabled : throw LastError();
    }

    /// <inheritdoc/>
    public void Stop(string service)
    {
        using var handle = Open(service, StopService);
        // A service that is already stopping accepts no controls.
        if (!ControlService(handle, StopControl, out _) && Marshal.GetLastPInvokeError() is var error && error != NotActive
            && !(error == CannotAcceptControl && Query(service).State is ServiceState.StopPending or ServiceState.Stopped))
            throw new Win32Exception(error);
    }

    /// <inheritdoc/>
    public void Start(string service)
    {
        using var handle = Open(service, StartService);
        if (!StartServiceNative(handle, 0, 0) && Marshal.GetLastPInvokeError() is var error && error != AlreadyRunning)
            throw new Win32Exception(error);
    }

    private static ServiceHandle OpenManager() => OpenSCManager(null, null, Connect) is { IsInvalid: false } manager ? manager : throw LastError();

    private static ServiceHandle Open(string service, int access)
    {
        using var manager = OpenManager();
        return OpenService(manager, service, access) is { IsInvalid: false } handle ? handle : throw LastError();
    }

    private static Win32Exception LastError() => new(Marshal.GetLastPInvokeError());

    [LibraryImport("advapi32", EntryPoint = "OpenSCManagerW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle OpenSCManager(string? machine, string? database, int access);

    [LibraryImport("advapi32", EntryPoint = "OpenServiceW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial ServiceHandle OpenService(ServiceHandle manager, string name, int access);

    [LibraryImport("advapi32", EntryPoint = "GetServiceKeyNameW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool GetServiceKeyName(ServiceHandle manager, string displayName, char* name, ref int length);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool QueryServiceStatus(ServiceHandle service, out Status status);

    [LibraryImport("advapi32", EntryPoint = "EnumDependentServicesW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool EnumDependentServices(ServiceHandle service, int states, byte* services, int size, out int needed, out int count);

    [LibraryImport("advapi32", EntryPoint = "QueryServiceConfigW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static unsafe partial bool QueryServiceConfig(ServiceHandle service, byte* config, int size, out int needed);

    [LibraryImport("advapi32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool ControlService(ServiceHandle service, int control, out Status status);

    [LibraryImport("advapi32", EntryPoint = "StartServiceW", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool StartServiceNative(ServiceHandle service, int count, nint arguments);

    [LibraryImport("advapi32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CloseServiceHandle(nint handle);

    /// <summary>SERVICE_STATUS.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public int Type;
        public int State;
        public int Accepted;
        public int ExitCode;
        public int SpecificExitCode;
        public int CheckPoint;
        public int WaitHint;
    }

    /// <summary>ENUM_SERVICE_STATUSW.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct EnumStatus
    {
        public nint Name;
        public nint DisplayName;
        public Status Status;
    }

    /// <summary>An SC_HANDLE.</summary>
    private sealed class ServiceHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => CloseServiceHandle(handle);
    }
}

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
