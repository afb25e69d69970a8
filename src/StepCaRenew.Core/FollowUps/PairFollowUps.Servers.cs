using System.Collections.Concurrent;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Servers;

namespace StepCaRenew.FollowUps;

/// <summary>The servers that must serve the new certificate. They are asked after the actions.</summary>
internal sealed partial class PairFollowUps
{
    private readonly ConcurrentBag<string> serving = [];
    private IReadOnlyList<string> dnsNames = [];

    /// <summary>The servers of the renewal.</summary>
    public IReadOnlyList<ServerAddress> Servers { get; init; } = [];

    /// <summary>How long a server has to serve the new certificate.</summary>
    public TimeSpan ServedTimeout { get; init; } = ServerCheck.DefaultTimeout;

    /// <summary>The servers that are not known to serve the certificate. They wait for the publications, as actions do.</summary>
    public IReadOnlyList<ServerAddress> OpenServers => isPublished && !IsExpired ? UnaskedServers : [];

    /// <summary>Whether this run has a follow-up to run.</summary>
    public bool HasOpen => MustPublish || Open.Count > 0 || OpenServers.Count > 0;

    private bool HasActionsOrServers => actions.Count > 0 || Servers.Count > 0;

    private bool HasAny => HasActionsOrServers || publications is not null;

    private IReadOnlyList<ServerAddress> UnaskedServers => record is { } open ? [.. Servers.Where(server => !open.IsDone(HashOf(server), Subject.SerialNumber))] : [];

    /// <summary>A server serves the certificate.</summary>
    public void Serves(ServerAddress server) => serving.Add(HashOf(server));

    /// <summary>
    /// The name that a server is asked for: the host of its address if the certificate is for that, else the first host name of the
    /// certificate. So a server of many names can be given as localhost, or by its IP address.
    /// </summary>
    public string? NameFor(ServerAddress server) =>
        server.ServerName is { } host && dnsNames.Any(name => Covers(name, host)) ? host
        : dnsNames.FirstOrDefault(name => !name.Contains('*', StringComparison.Ordinal)) ?? server.ServerName;

    // A wildcard covers one label (RFC 6125 section 6.4.3).
    private static bool Covers(string name, string host) =>
        name.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (name.StartsWith("*.", StringComparison.Ordinal) && host.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && name[1..].Equals(host[dot..], StringComparison.OrdinalIgnoreCase));

    private static string HashOf(ServerAddress server) => ActionHash.Compute(["servedBy", server.Text]);
}
