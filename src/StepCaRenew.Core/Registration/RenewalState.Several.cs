using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The state of a renewal of several certificates: that of each, and their sum.</summary>
internal sealed partial record RenewalState
{
    // Longer than any deployment, so that the certificate that another program puts in its place is compared with the one last served.
    private static readonly TimeSpan KeptMissing = TimeSpan.FromDays(1);

    /// <summary>The state of one of several certificates; a new one if it was not there in the last run.</summary>
    internal RenewalState StateOf(string certificatePath) => Certificates?.GetValueOrDefault(certificatePath) ?? new RenewalState();

    /// <summary>The certificates that were there in the last run, and are not in this one.</summary>
    internal IReadOnlyList<string> FindMissing(IEnumerable<string> found) =>
        Certificates is null ? [] : [.. Certificates.Where(one => one.Value.MissingSince is null).Select(one => one.Key).Except(found).Order(StringComparer.Ordinal)];

    /// <summary>The state after another run over several certificates.</summary>
    internal RenewalState AfterAll(IReadOnlyList<RenewalOutcome> outcomes, DateTimeOffset now)
    {
        // A clock belongs to the CA, not to one of its certificates.
        var present = outcomes.ToDictionary(
            outcome => outcome.CertificatePath,
            outcome => outcome.Result.Status == RenewalStatus.WouldRenew ? StateOf(outcome.CertificatePath)
                : StateOf(outcome.CertificatePath).After(outcome, now) with { MissingSince = null, ClockDifference = null, ClockLimit = null });
        var missing = (Certificates ?? new Dictionary<string, RenewalState>())
            .Where(one => !present.ContainsKey(one.Key) && now - (one.Value.MissingSince ?? now) <= KeptMissing)
            .Select(one => KeyValuePair.Create(one.Key, one.Value with { MissingSince = one.Value.MissingSince ?? now }));
        return Sum(outcomes, [.. present.Values], now) with { Certificates = present.Concat(missing).ToDictionary() };
    }

    private RenewalState Sum(IReadOnlyList<RenewalOutcome> outcomes, IReadOnlyList<RenewalState> states, DateTimeOffset now)
    {
        var failed = outcomes.Where(outcome => outcome.Result.ErrorId is not null).ToList();
        var first = failed.Find(outcome => outcome.Result.Status == RenewalStatus.Failed) ?? failed.FirstOrDefault();
        var hasRenewed = outcomes.Any(outcome => outcome.Result.Status == RenewalStatus.Renewed);
        var clock = outcomes.Select(outcome => outcome.CaClock).LastOrDefault(clock => clock is not null);
        return this with
        {
            LastAttempt = now,
            LastSuccess = first is null ? now : LastSuccess,
            LastRenewal = hasRenewed ? now : LastRenewal,
            LastStatus = first?.Result.Status == RenewalStatus.Failed ? RenewalStatus.Failed : hasRenewed ? RenewalStatus.Renewed : RenewalStatus.NotDue,
            LastErrorId = first?.Result.ErrorId,
            LastErrorMessage = first is null ? LastErrorMessage : $"{(failed.Count > 1 ? $"{failed.Count} of {outcomes.Count} certificates have an error; the first is: " : string.Empty)}{first.PublicMessage ?? first.Result.Message}",
            LastErrorTime = first is null ? LastErrorTime : now,
            NextRenewal = states.Min(state => state.NextRenewal),
            ActionsPending = states.Any(state => state.ActionsPending),
            ActionsPendingSince = states.Min(state => state.ActionsPendingSince),
            ClockDifference = clock?.Difference ?? ClockDifference,
            ClockLimit = hasRenewed ? null : clock is not null ? clock.Limit : ClockLimit,
        };
    }
}
