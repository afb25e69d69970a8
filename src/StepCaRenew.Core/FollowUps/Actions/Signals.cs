using System.Globalization;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>The signals of Unix by name; some numbers differ between Linux and macOS.</summary>
internal static class Signals
{
    private const int Highest = 64;

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["KILL"] = 9,
        ["USR1"] = OperatingSystem.IsMacOS() ? 30 : 10,
        ["USR2"] = OperatingSystem.IsMacOS() ? 31 : 12,
        ["ALRM"] = 14,
        ["TERM"] = 15,
        ["CONT"] = OperatingSystem.IsMacOS() ? 19 : 18,
        ["WINCH"] = 28,
    };

    /// <summary>The names, without SIG.</summary>
    public static IEnumerable<string> Names => Numbers.Keys;

    /// <summary>The number of a signal such as HUP, SIGHUP or 1.</summary>
    /// <exception cref="RenewalException">The signal does not exist.</exception>
    public static int Parse(string signal)
    {
        var name = signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal[3..] : signal;
        if (Numbers.TryGetValue(name, out var number))
            return number;
        // Signal 0 only tests whether the process exists.
        if (int.TryParse(signal, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= Highest)
            return number;
        throw ActionErrors.Invalid($"The signal '{signal}' does not exist.", $"Give one of {string.Join(", ", Numbers.Keys)}, or a number from 1 to {Highest}.");
    }
}
