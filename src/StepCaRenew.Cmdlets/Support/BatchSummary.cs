using System.Globalization;

namespace StepCaRenew.Cmdlets.Support;

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
    public string? Render()
    {
        var all = counts.Values.Sum();
        var parts = Parts.Where(part => counts.ContainsKey(part.Status)).Select(part => string.Create(CultureInfo.InvariantCulture, $"{counts[part.Status]} {part.Words}"));
        return all < 2 ? null : string.Create(CultureInfo.InvariantCulture, $"{all} certificates: {string.Join(", ", parts)}");
    }
}
