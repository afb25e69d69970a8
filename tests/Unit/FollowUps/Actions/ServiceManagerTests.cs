using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>The real service control manager, with a service that every Windows has. It is stopped and started only under Wine.</summary>
[SupportedOSPlatform("windows")]
public sealed class ServiceManagerTests
{
    private const string Rpc = "RpcSs";
    private const string Unknown = "stepcarenew-no-such-service";

    [WindowsFact]
    public void Find_NameOrDisplayName_GivesTheName()
    {
        var services = new ServiceManager();
        Assert.Equal(Rpc, services.Find(Rpc), ignoreCase: true);
        Assert.Null(services.Find(Unknown));
        Assert.Null(services.Find("a/b\\c"));
    }

    [WindowsFact]
    public void Query_ExistingService_GivesAState()
    {
        var services = new ServiceManager();
        Assert.True(Enum.IsDefined(services.Query(Rpc).State));
        Assert.NotNull(services.GetDependents(Rpc));
    }

    [WindowsFact]
    public void Query_UnknownService_Throws() =>
        Assert.Equal(1060, Assert.Throws<Win32Exception>(() => new ServiceManager().Query(Unknown)).NativeErrorCode);

    [WindowsFact]
    public async Task Restart_UnderWine_StopsAndStarts()
    {
        Assert.SkipUnless(IsWine(), "A service of a real machine is not stopped.");
        var services = new ServiceManager();
        var name = Assert.Single(new[] { "Spooler", "PlugPlay", "MSIServer", "Winmgmt" }.Where(one => services.Find(one) is not null).Take(1));
        Assert.False(services.IsDisabled(name));
        services.Start(name);
        await StateAsync(services, name, ServiceState.Running);
        services.Start(name);
        services.Stop(name);
        await StateAsync(services, name, ServiceState.Stopped);
        services.Stop(name);
        services.Start(name);
        await StateAsync(services, name, ServiceState.Running);
        services.Stop(name);
    }

    private static async Task StateAsync(ServiceManager services, string name, ServiceState state)
    {
        for (var tries = 0; tries < 100 && services.Query(name).State != state; tries++)
            await Task.Delay(100);
        Assert.Equal(state, services.Query(name).State);
    }

    private static bool IsWine() => NativeLibrary.TryGetExport(NativeLibrary.Load("ntdll.dll"), "wine_get_version", out _);
}
