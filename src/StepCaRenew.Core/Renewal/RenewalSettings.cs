using System.Globalization;
using System.Text.Json.Serialization;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Json;
using StepCaRenew.Monitoring;
using StepCaRenew.Policy;
using StepCaRenew.Servers;

namespace StepCaRenew.Renewal;

/// <summary>
/// The options of a renewal. The cmdlets read them from their parameters, definitions from their files, and the run reads
/// them here: a new option needs no other list.
/// </summary>
internal record RenewalSettings
{
    /// <summary>The default of <see cref="LockTimeout"/>.</summary>
    public static readonly TimeSpan DefaultLockTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The default of <see cref="RetryTimeout"/> in a call by hand.</summary>
    public static readonly TimeSpan DefaultRetryTimeout = TimeSpan.FromMinutes(1);

    /// <summary>The file with the password of the key; null if the key has none.</summary>
    [JsonConverter(typeof(FullPathConverter))]
    public string? KeyPasswordFile { get; init; }

    /// <summary>The CA; a definition has absolute paths.</summary>
    public CaOptions Ca { get; init => field = value ?? new(); } = new();

    /// <summary>When the certificate is due.</summary>
    [JsonPropertyName("when")]
    public RenewalRule Rule { get; init => field = value ?? RenewalRule.Default; } = RenewalRule.Default;

    /// <summary>Whether every renewal makes a new key.</summary>
    public bool Rekey { get; init; }

    /// <summary>The new key's algorithm, one of <see cref="KeyAlgorithms.Names"/>; null for that of the old one.</summary>
    [JsonConverter(typeof(KeyAlgorithmConverter))]
    public string? KeyAlgorithm { get; init; }

    /// <summary>Other forms of the pair, which a renewal writes before the actions, in their order.</summary>
    public IReadOnlyList<Publication> Publications { get; init => field = value ?? []; } = [];

    /// <summary>The actions after a renewal, in their order.</summary>
    public IReadOnlyList<ActionDefinition> Actions { get; init => field = value ?? []; } = [];

    /// <summary>The time limit of one action; null for the default.</summary>
    [JsonConverter(typeof(TimeLimitConverter))]
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>The servers that must serve the new certificate after the actions.</summary>
    public IReadOnlyList<ServerAddress> ServedBy { get; init => field = value ?? []; } = [];

    /// <summary>How long a server has to serve the new certificate; null for the default.</summary>
    [JsonConverter(typeof(TimeLimitConverter))]
    public TimeSpan? ServedTimeout { get; init; }

    /// <summary>The notifiers that report a failure, and its end.</summary>
    public IReadOnlyList<Notifier> OnFailure { get; init => field = value ?? []; } = [];

    /// <summary>How long to wait for another run on the same pair; null for the default.</summary>
    [JsonConverter(typeof(WaitConverter))]
    public TimeSpan? LockTimeout { get; init; }

    /// <summary>How long to retry a failed request; null for the default.</summary>
    [JsonConverter(typeof(WaitConverter))]
    public TimeSpan? RetryTimeout { get; init; }

    /// <summary>The log file; null for the default.</summary>
    [JsonConverter(typeof(FullPathConverter))]
    public string? LogPath { get; init; }

    /// <summary>The file with the metrics of the runs; null if none are written.</summary>
    [JsonConverter(typeof(MetricsPathConverter))]
    public string? MetricsPath { get; init; }

    /// <summary>The rules for several settings together.</summary>
    /// <returns>The property of a definition that contradicts another one, and why; null if none does.</returns>
    internal (string Property, string Problem)? FindConflict() =>
        KeyAlgorithm is not null && !Rekey ? ("keyAlgorithm", "it needs \"rekey\": true")
        : ServedTimeout is not null && ServedBy.Count == 0 ? ("servedTimeout", "it needs \"servedBy\"")
        : Publications.GroupBy(publication => publication.Path).FirstOrDefault(same => same.Skip(1).Any()) is { } several ? ("publications", $"two of them have the path '{several.Key}'")
        : null;
}

/// <summary>A duration greater than zero.</summary>
internal sealed class TimeLimitConverter() : TextConverter<TimeSpan>(Duration.ParsePositive, Duration.Render);

/// <summary>A duration that can be zero.</summary>
internal sealed class WaitConverter() : TextConverter<TimeSpan>(Duration.ParseNotNegative, Duration.Render);

internal sealed class PercentageConverter() : TextConverter<double>(Percentage.Parse, percent => percent.ToString(CultureInfo.InvariantCulture) + "%");

internal sealed class KeyAlgorithmConverter() : NameConverter(KeyAlgorithms.Names);

/// <summary>The full path of a file of metrics.</summary>
internal sealed class MetricsPathConverter() : TextConverter<string>(text => MetricFile.RequireValid(FullPathConverter.Parse(text)), path => path);
