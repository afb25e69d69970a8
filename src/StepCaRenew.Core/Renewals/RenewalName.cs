using System.Text.RegularExpressions;

namespace StepCaRenew.Renewals;

/// <summary>The names of registered renewals: file names on every system, and never anything to be quoted.</summary>
public static partial class RenewalName
{
    /// <summary>Names are compared without regard to case, since Windows does so with files.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Whether a text is a name.</summary>
    /// <param name="name">The text.</param>
    public static bool IsValid(string name) => Form().IsMatch(name) && !Device().IsMatch(name) && !name.EndsWith('.');

    /// <summary>Demands that a text is a name.</summary>
    /// <param name="name">The text.</param>
    /// <exception cref="RenewalException">It is none (<see cref="ErrorId.NameInvalid"/>).</exception>
    public static void RequireValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsValid(name))
            return;
        var why = Form().IsMatch(name)
            ? name.EndsWith('.') ? "it ends with a dot, which Windows drops" : "it is a device on Windows"
            : "it must begin with a letter or digit and hold up to 64 letters, digits, dots, underscores and hyphens";
        throw new RenewalException(ErrorId.NameInvalid, $"'{Printable(name)}' can't be the name of a renewal: {why}.", "Choose a name such as web or web.example.com.");
    }

    private static string Printable(string name) => string.Concat(name.Take(80).Select(one => char.IsControl(one) ? '?' : one));

    // \z and not $: a name that ends with a line feed is none.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    // With whatever extension: nul.json is the device as well.
    [GeneratedRegex(@"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}
