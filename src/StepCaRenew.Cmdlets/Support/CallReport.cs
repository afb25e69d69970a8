using System.Globalization;
using System.Management.Automation;
using StepCaRenew.Renewal;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Results and errors in their order. From the first result that waits for an action, all wait.</summary>
internal sealed class Outbox
{
    private List<(RenewalOutcome? Outcome, ErrorRecord? Error)> items = [];

    /// <summary>Whether something waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>The outcomes that wait.</summary>
    public IReadOnlyList<RenewalOutcome> Outcomes => [.. items.Select(item => item.Outcome).OfType<RenewalOutcome>()];

    /// <summary>Adds the outcome of one certificate, or an error without one.</summary>
    public void Add(RenewalOutcome? outcome, ErrorRecord? error, bool mustWait)
    {
        items.Add((outcome, error));
        IsWaiting |= mustWait;
    }

    /// <summary>Takes everything out.</summary>
    public IReadOnlyList<(RenewalOutcome? Outcome, ErrorRecord? Error)> Take()
    {
        var taken = items;
        (items, IsWaiting) = ([], false);
        return taken;
    }
}

/// <summary>Errors that concern all certificates of a call, such as a missing CA URL: only the first certificate reports such an error.</summary>
internal sealed class SharedCauses
{
    private static readonly HashSet<string> Settings =
    [
        ErrorId.CaUrlMissing, ErrorId.CaUrlInvalid, ErrorId.RootMissing, ErrorId.RootInvalid, ErrorId.RootFingerprintMismatch, ErrorId.ContextNotFound, ErrorId.StepConfigInvalid,
    ];

    private static readonly HashSet<string> Connections = [ErrorId.CaUnreachable, ErrorId.CaTimeout, ErrorId.CaUntrusted, ErrorId.CaNotFound, ErrorId.ProxyRefused];

    private readonly HashSet<string> reported = [];

    /// <summary>Whether the settings of the call are the cause, not one certificate.</summary>
    public static bool IsCausedByCall(RenewalException error) => Settings.Contains(error.ErrorId);

    /// <summary>Whether an earlier certificate has reported the same error.</summary>
    public bool WasReported(RenewalException error) =>
        (Settings.Contains(error.ErrorId) || Connections.Contains(error.ErrorId)) && !reported.Add($"{error.ErrorId}: {error.Message}");
}

/// <summary>The outcomes of the certificates of a call in one line.</summary>
internal sealed class BatchSummary
{
    private static readonly (string Status, string Words)[] Parts =
    [
        (RenewalStatus.Renewed, "renewed"), (RenewalStatus.WouldRenew, "would be renewed"), (RenewalStatus.NotDue, "not due"), (RenewalStatus.Failed, "failed"),
    ];

    private readonly Dictionary<string, int> counts = [];

    /// <summary>Counts a certificate by its <see cref="RenewalStatus"/>.</summary>
    public void Add(string status) => counts[status] = counts.GetValueOrDefault(status) + 1;

    /// <summary>The line, such as <c>12 certificates: 3 renewed, 8 not due, 1 failed</c>; null for fewer than two.</summary>
    public string? Render(int least = 2)
    {
        var all = counts.Values.Sum();
        var parts = Parts.Where(part => counts.ContainsKey(part.Status)).Select(part => string.Create(CultureInfo.InvariantCulture, $"{counts[part.Status]} {part.Words}"));
        return all < least ? null : string.Create(CultureInfo.InvariantCulture, $"{all} {(all == 1 ? "certificate" : "certificates")}: {string.Join(", ", parts)}");
    }
}
