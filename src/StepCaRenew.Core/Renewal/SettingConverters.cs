using System.Globalization;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Json;
using StepCaRenew.Policy;

namespace StepCaRenew.Renewal;

/// <summary>A duration greater than zero.</summary>
internal sealed class TimeLimitConverter() : TextConverter<TimeSpan>(Duration.ParsePositive, Duration.Render);

/// <summary>A duration that can be zero.</summary>
internal sealed class WaitConverter() : TextConverter<TimeSpan>(Duration.ParseNotNegative, Duration.Render);

internal sealed class PercentageConverter() : TextConverter<double>(Percentage.Parse, percent => percent.ToString(CultureInfo.InvariantCulture) + "%");

internal sealed class KeyAlgorithmConverter() : NameConverter(KeyAlgorithms.Names);
