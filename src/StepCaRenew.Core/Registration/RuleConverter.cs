using System.Text.Json;
using System.Text.Json.Serialization;
using StepCaRenew.Json;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>When a certificate is due, as in a definition: an object with exactly one property. The default rule is not written.</summary>
internal sealed class RuleConverter : JsonConverter<RenewalRule>
{
    public override RenewalRule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        InvalidValueException.ReadInner(ref reader, DefinitionJson.Default.RuleProperties) switch
        {
            { ExpiresIn: { } remaining, RenewAt: null } => new RenewalRule.ExpiresIn(remaining),
            { ExpiresIn: null, RenewAt: { } percent } => new RenewalRule.ElapsedPercent(percent),
            _ => throw new InvalidValueException("it needs exactly one of expiresIn and renewAt"),
        };

    public override void Write(Utf8JsonWriter writer, RenewalRule value, JsonSerializerOptions options) => JsonSerializer.Serialize(
        writer, new RuleProperties { ExpiresIn = (value as RenewalRule.ExpiresIn)?.Remaining, RenewAt = (value as RenewalRule.ElapsedPercent)?.Percent }, DefinitionJson.Default.RuleProperties);
}

internal sealed record RuleProperties
{
    [JsonConverter(typeof(TimeLimitConverter))]
    public TimeSpan? ExpiresIn { get; init; }

    [JsonConverter(typeof(PercentageConverter))]
    public double? RenewAt { get; init; }
}
