using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration.Accounts;

/// <summary>The order of root to the process that runs the renewals of another account: one line of JSON without secrets.</summary>
internal sealed record AccountOrder
{
    /// <summary>The renewals, by name.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The scope whose folder holds their definitions.</summary>
    public required RenewalScope Scope { get; init; }

    /// <summary>The pwsh that runs scripts.</summary>
    public string? PwshPath { get; init; }

    /// <summary>Whether the events of debugging are shown as well.</summary>
    public bool ShowsDebug { get; init; }

    /// <summary>Whether warnings begin with the name of their renewal.</summary>
    public bool IsBatch { get; init; }

    /// <inheritdoc cref="RegisteredRunOptions.ThrottleLimit"/>
    public int ThrottleLimit { get; init; } = 1;

    /// <inheritdoc cref="RegisteredRunOptions.IsForced"/>
    public bool IsForced { get; init; }

    /// <inheritdoc cref="RegisteredRunOptions.IsScheduled"/>
    public bool IsScheduled { get; init; }

    /// <inheritdoc cref="RegisteredRunOptions.IsWhatIf"/>
    public bool IsWhatIf { get; init; }

    /// <inheritdoc cref="RenewalSettings.LockTimeout"/>
    public TimeSpan? LockTimeout { get; init; }

    /// <inheritdoc cref="RenewalSettings.RetryTimeout"/>
    public TimeSpan? RetryTimeout { get; init; }

    /// <inheritdoc cref="RenewalSettings.ActionTimeout"/>
    public TimeSpan? ActionTimeout { get; init; }

    /// <summary>The line, without its end.</summary>
    public string Render() => JsonSerializer.Serialize(this, AccountJson.Default.AccountOrder);

    /// <summary>Reads the line.</summary>
    /// <exception cref="JsonException">It is not one.</exception>
    public static AccountOrder Parse(string line) => JsonSerializer.Deserialize(line, AccountJson.Default.AccountOrder) ?? throw new JsonException();
}

/// <summary>Lines of JSON in ASCII: the locale of neither process matters. Nothing unknown is accepted.</summary>
[JsonSourceGenerationOptions(UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountOrder))]
[JsonSerializable(typeof(AccountAnswer))]
internal sealed partial class AccountJson : JsonSerializerContext;
