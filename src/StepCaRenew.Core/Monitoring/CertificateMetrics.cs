namespace StepCaRenew.Monitoring;

/// <summary>
/// The metrics of one certificate. All times are Unix times in seconds, so that they stay true between two runs; a value that
/// is not known is null.
/// </summary>
/// <param name="Name">The name of its registered renewal; null if it is renewed by its path.</param>
/// <param name="Path">The certificate file; null if the definition of the renewal cannot be read.</param>
internal sealed record CertificateMetrics(string? Name, string? Path)
{
    /// <summary>The end of the certificate's validity.</summary>
    public long? Expiration { get; init; }

    /// <summary>From when it is due.</summary>
    public long? RenewalTime { get; init; }

    /// <summary>Its whole validity, in seconds.</summary>
    public long? Lifetime { get; init; }

    /// <summary>1 if the key matches the certificate, else 0.</summary>
    public long? KeyMatches { get; init; }

    /// <summary>The end of the last run without an error.</summary>
    public long? LastSuccess { get; init; }

    /// <summary>The end of the last run.</summary>
    public long? LastRun { get; init; }

    /// <summary>1 if the last run had an error, else 0.</summary>
    public long? Failing { get; init; }

    /// <summary>1 if follow-ups are pending, else 0.</summary>
    public long? PendingActions { get; init; }

    /// <summary>The interval of the schedule, in seconds; null without a schedule.</summary>
    public long? Interval { get; init; }

    /// <summary>The version of the module that wrote them.</summary>
    public string? Version { get; init; }

    /// <summary>These metrics, and those of an earlier run for what this one does not know.</summary>
    public CertificateMetrics WithUnknownFrom(CertificateMetrics earlier) =>
        MetricFamily.All.Aggregate(this, (metrics, family) => family.Read(metrics) is null && family.Read(earlier) is { } value ? family.Write(metrics, value) : metrics);
}

/// <summary>One metric: a gauge with a value for each certificate.</summary>
/// <param name="Name">Its name; it never changes, since alerts and dashboards name it.</param>
/// <param name="Help">Its meaning. It never depends on the renewal: an exporter that finds two texts for one name reports an error.</param>
/// <param name="Read">Its value.</param>
/// <param name="Write">Sets its value.</param>
internal sealed record MetricFamily(string Name, string Help, Func<CertificateMetrics, long?> Read, Func<CertificateMetrics, long, CertificateMetrics> Write)
{
    /// <summary>The metric that names the version of the module.</summary>
    public const string BuildInfo = "stepcarenew_build_info";

    /// <summary>The meaning of <see cref="BuildInfo"/>.</summary>
    public const string BuildInfoHelp = "The version of StepCaRenew that wrote the metrics of a renewal; always 1.";

    /// <summary>All others, in the order of the file.</summary>
    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        new("stepcarenew_certificate_expiration_timestamp_seconds", "The end of the validity of the certificate.", one => one.Expiration, (one, value) => one with { Expiration = value }),
        new("stepcarenew_certificate_renewal_timestamp_seconds", "The time from which the certificate is due.", one => one.RenewalTime, (one, value) => one with { RenewalTime = value }),
        new("stepcarenew_certificate_lifetime_seconds", "The whole validity of the certificate, from its begin to its end.", one => one.Lifetime, (one, value) => one with { Lifetime = value }),
        new("stepcarenew_key_matches", "Whether the private key belongs to the certificate: 1 or 0.", one => one.KeyMatches, (one, value) => one with { KeyMatches = value }),
        new("stepcarenew_renewal_last_success_timestamp_seconds", "The end of the last run without an error, whether the certificate was due or not.", one => one.LastSuccess, (one, value) => one with { LastSuccess = value }),
        new("stepcarenew_renewal_last_run_timestamp_seconds", "The end of the last run.", one => one.LastRun, (one, value) => one with { LastRun = value }),
        new("stepcarenew_renewal_failing", "Whether the last run had an error: 1 or 0.", one => one.Failing, (one, value) => one with { Failing = value }),
        new("stepcarenew_pending_actions", "Whether follow-ups of a renewal are pending: 1 or 0.", one => one.PendingActions, (one, value) => one with { PendingActions = value }),
        new("stepcarenew_renewal_interval_seconds", "The time between two runs of the schedule.", one => one.Interval, (one, value) => one with { Interval = value }),
    ];
}
