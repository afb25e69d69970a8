using StepCaRenew.Benchmarks.Herd.Model;

namespace StepCaRenew.Benchmarks.Herd.Clients;

/// <summary>One of the clients that are compared.</summary>
/// <param name="Id">Its name in herd.json.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Create">Makes the client of one host from the host's random numbers.</param>
internal sealed record ClientKind(string Id, string Name, Func<HostRandom, IHostClient> Create)
{
    /// <summary>The module that this repository makes.</summary>
    public static ClientKind StepCaRenew { get; } = new("stepCaRenew", "StepCaRenew", random => new StepCaRenewClient(random));

    /// <summary><c>step ca renew --daemon</c>.</summary>
    public static ClientKind Daemon { get; } = new("daemon", "step ca renew --daemon", random => new DaemonClient(random));

    /// <summary><c>step ca renew --expires-in 8h</c> from cron.</summary>
    public static ClientKind Cron { get; } = new("cron", "step ca renew from cron", random => new CronClient(random));

    /// <summary>The systemd template cert-renewer.</summary>
    public static ClientKind Template { get; } = new("template", "systemd template", random => new TemplateClient(random));

    /// <summary>All of them, this module first.</summary>
    public static IReadOnlyList<ClientKind> All { get; } = [StepCaRenew, Daemon, Cron, Template];
}
