using System.ComponentModel;
using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

/// <summary>A service control manager in memory. Services take time to stop and to start, by the clock of the test.</summary>
internal sealed class FakeServices(TimeProvider clock) : IServiceManager
{
    private readonly Dictionary<string, Service> services = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The orders so far: "stop web", "start web".</summary>
    public List<string> Orders { get; } = [];

    /// <summary>Called before an order is carried out; its exception is the manager's.</summary>
    public Action<string> OnOrder { get; set; } = _ => { };

    public Service this[string name] => services[name];

    public Service Add(string name, ServiceState state = ServiceState.Running, params string[] dependents) =>
        services[name] = new Service(state) { Dependents = dependents };

    public string? Find(string name) => services.ContainsKey(name) ? name : services.FirstOrDefault(one => one.Value.DisplayName == name).Key;

    public ServiceStatus Query(string service) => new(services[service].StateAt(clock), services[service].ExitCode);

    public IReadOnlyList<string> GetDependents(string service) => services[service].Dependents;

    public bool IsDisabled(string service) => services[service].DeniedCode is 0 ? services[service].IsDisabled : throw new Win32Exception(services[service].DeniedCode);

    public void Stop(string service) => Order("stop", service, ServiceState.StopPending, ServiceState.Stopped, services[service].StopTakes);

    public void Start(string service) => Order(
        "start", service, ServiceState.StartPending, services[service].ExitCode == 0 ? ServiceState.Running : ServiceState.Stopped, services[service].StartTakes);

    private void Order(string verb, string service, ServiceState now, ServiceState then, TimeSpan after)
    {
        OnOrder($"{verb} {service}");
        Orders.Add($"{verb} {service}");
        services[service].Change(now, then, clock, after);
    }

    internal sealed class Service(ServiceState state)
    {
        private ServiceState state = state;
        private ServiceState? next;
        private long since;
        private TimeSpan after;

        public string[] Dependents { get; init; } = [];

        public string? DisplayName { get; set; }

        public bool IsDisabled { get; set; }

        /// <summary>The error if this account has no permission to control the service.</summary>
        public int DeniedCode { get; set; }

        /// <summary>The error with which each start ends; 0 if the service runs.</summary>
        public int ExitCode { get; set; }

        public TimeSpan StopTakes { get; set; } = TimeSpan.FromSeconds(1);

        public TimeSpan StartTakes { get; set; } = TimeSpan.FromSeconds(1);

        public void Change(ServiceState now, ServiceState then, TimeProvider clock, TimeSpan takes) =>
            (state, next, since, after) = (now, then, clock.GetTimestamp(), takes);

        public ServiceState StateAt(TimeProvider clock)
        {
            if (next is { } then && clock.GetElapsedTime(since) >= after)
                (state, next) = (then, null);
            return state;
        }
    }
}
