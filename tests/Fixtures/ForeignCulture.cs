using System.Globalization;

namespace StepCaRenew.Fixtures;

/// <summary>A culture with other separators than the invariant one; made by hand, because tests run without culture data.</summary>
internal static class ForeignCulture
{
    public static CultureInfo Instance { get; } = Create();

    private static CultureInfo Create()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.NumberFormat.NumberDecimalSeparator, culture.NumberFormat.NumberGroupSeparator, culture.NumberFormat.NegativeSign) = (",", ".", "\u2212");
        (culture.DateTimeFormat.TimeSeparator, culture.DateTimeFormat.DateSeparator) = (".", "/");
        return CultureInfo.ReadOnly(culture);
    }
}
