using System.Text.RegularExpressions;

namespace StepCaRenew.Registration;

/// <summary>The names of registered renewals. They are valid file names on every system and never need quoting.</summary>
internal static partial class RenewalName
{
    /// <summary>Names ignore case, as file names do on Windows.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Whether a text is a valid name.</summary>
    public static bool IsValid(string name) => Form().IsMatch(name) && !Device().IsMatch(name) && !name.EndsWith('.');

    /// <summary>Requires a valid name.</summary>
    /// <exception cref="RenewalException">The name is not valid (<see cref="ErrorId.NameInvalid"/>).</exception>
    public static void RequireValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsValid(name))
            return;
        var why = Form().IsMatch(name)
            ? name.EndsWith('.') ? "it ends with a dot, which Windows removes" : "it is the name of a device on Windows"
            : "it must begin with a letter or digit and have at most 64 letters, digits, dots, underscores and hyphens";
        throw new RenewalException(ErrorId.NameInvalid, $"'{Printable(name)}' is not a valid name of a renewal: {why}.", "Choose a name such as web or web.example.com.");
    }

    private static string Printable(string name) => string.Concat(name.Take(80).Select(one => char.IsControl(one) ? '?' : one));

    // \z, not $, which would allow a line feed at the end.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    // With any extension: nul.json is the device too.
    [GeneratedRegex(@"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
