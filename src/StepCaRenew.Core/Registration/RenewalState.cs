using System.Text.Json.Serialization;
using StepCaRenew.FollowUps;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>The results of the last runs of a registered renewal.</summary>
internal sealed partial record RenewalState
{
    /// <summary>When it last ran.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>When it last ran without an error, renewed or not due.</summary>
    public DateTimeOffset? LastSuccess { get; init; }

    /// <summary>When it last renewed.</summary>
    public DateTimeOffset? LastRenewal { get; init; }

    /// <summary>One of <see cref="RenewalStatus"/>.</summary>
    public string? LastStatus { get; init; }

    /// <summary>One of <see cref="ErrorId"/>; null if the last run had no error.</summary>
    public string? LastErrorId { get; init; }

    /// <summary>The message of the last error, without output of programs, since all users can read the state. Kept after a success.</summary>
    public string? LastErrorMessage { get; init; }

    /// <summary>When a run last had an error; kept after a success.</summary>
    public DateTimeOffset? LastErrorTime { get; init; }

    /// <summary>From when the certificate is due.</summary>
    public DateTimeOffset? NextRenewal { get; init; }

    /// <summary>Whether actions are pending.</summary>
    public bool ActionsPending { get; init; }

    /// <summary>How far the CA's clock was ahead of this machine's when it last answered; null before the first answer.</summary>
    [JsonPropertyName("clockDifferenceSeconds")]
    public TimeSpan? ClockDifference { get; init; }

    /// <summary>
    /// The clock difference above which new certificates of the CA are not yet valid on this machine; null if none was rejected
    /// for that since the last renewal.
    /// </summary>
    [JsonPropertyName("clockLimitSeconds")]
    public TimeSpan? ClockLimit { get; init; }

    /// <summary>The certificate for which the follow-ups last ran; null until it is known.</summary>
    public ServedCertificate? Served { get; init; }

    /// <summary>Since when actions are pending; null if none are.</summary>
    public DateTimeOffset? ActionsPendingSince { get; init; }

    /// <summary>When the CA was last asked for its roots; null if the renewal does not follow them.</summary>
    public DateTimeOffset? RootsAsked { get; init; }

    /// <summary>
    /// Of a renewal of several certificates: the state of each, by its path. The state above is their sum: the first error, the
    /// earliest time. Null if the renewal has one certificate.
    /// </summary>
    public IReadOnlyDictionary<string, RenewalState>? Certificates { get; init; }

    /// <summary>
    /// Of one of several certificates: since when its file is missing. Its state is kept for a while, since another program can be
    /// replacing it. Null if it was there in the last run.
    /// </summary>
    public DateTimeOffset? MissingSince { get; init; }

    /// <summary>The failures that notifiers have reported since the last run without an error; null if there are none.</summary>
    public ReportedFailures? Reported { get; init; }

    /// <summary>The begin of the certificate's validity, when it was last read.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The end of the certificate's validity, when it was last read.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>Whether the key matched the certificate, when both were last read.</summary>
    public bool? KeyMatches { get; init; }

    /// <summary>
    /// The file with the metrics of the renewal; null if it has none. A run that refuses its definition, from which it takes
    /// nothing, finds it here.
    /// </summary>
    public string? MetricsPath { get; init; }

    /// <summary>The state after another run.</summary>
    internal RenewalState After(RenewalOutcome outcome, DateTimeOffset now)
    {
        var result = outcome.Result;
        return this with
        {
            LastAttempt = now,
            LastSuccess = result.ErrorId is null ? now : LastSuccess,
            LastRenewal = result.Status == RenewalStatus.Renewed ? now : LastRenewal,
            LastStatus = result.Status,
            LastErrorId = result.ErrorId,
            LastErrorMessage = result.ErrorId is null ? LastErrorMessage : outcome.PublicMessage ?? result.Message,
            LastErrorTime = result.ErrorId is null ? LastErrorTime : now,
            NextRenewal = result.NextRenewal ?? NextRenewal,
            ActionsPending = result.ActionsPending,
            Served = outcome.Served ?? Served,
            ClockDifference = outcome.CaClock?.Difference ?? ClockDifference,
            ClockLimit = result.Status == RenewalStatus.Renewed ? null : outcome.CaClock is { } clock ? clock.Limit : ClockLimit,
            ActionsPendingSince = result.ActionsPending ? ActionsPendingSince ?? now : null,
            NotBefore = outcome.Validity?.NotBefore ?? NotBefore,
            NotAfter = outcome.Validity?.NotAfter ?? NotAfter,
            KeyMatches = IsMismatch(outcome.Error) ? false : outcome.Validity is not null ? true : KeyMatches,
        };
    }

    /// <summary>The state after a run that was refused before it began.</summary>
    public RenewalState Refused(RenewalException error, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(error);
        return this with
        {
            LastAttempt = now,
            LastStatus = RenewalStatus.Failed,
            LastErrorId = error.ErrorId,
            LastErrorMessage = error.PublicMessage ?? error.Message,
            LastErrorTime = now,
        };
    }

    // ForeignCertificate names another cause of the same fault.
    private static bool IsMismatch(Exception? error) => error is RenewalException { ErrorId: ErrorId.KeyMismatch } || error?.InnerException is RenewalException { ErrorId: ErrorId.KeyMismatch };
}
