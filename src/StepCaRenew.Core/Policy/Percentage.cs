using System.Globalization;

namespace StepCaRenew.Policy;

/// <summary>Percentages as users write them.</summary>
internal static class Percentage
{
    /// <summary>Reads a share of the lifetime: <c>66</c>, <c>66%</c> or <c>66.5 %</c>.</summary>
    /// <exception cref="RenewalException">The text is not a number between 0 and 100 (<see cref="ErrorId.InvalidPercent"/>).</exception>
    public static double Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var number = trimmed.EndsWith('%') ? trimmed[..^1] : trimmed;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and < 100
            ? percent
            : throw new RenewalException(
                ErrorId.InvalidPercent, $"'{text}' is not a percentage of the lifetime.", "Give the share that must have passed, greater than 0 and less than 100, such as 66% or 75.");
    }
}
