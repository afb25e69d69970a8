using System.Globalization;
using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Names of units, escaped as by systemd-escape(1): "-" means a slash, so a hyphen becomes \x2d.</summary>
internal static class UnitName
{
    public static string Service(string renewal) => $"stepcarenew-{Escape(renewal)}.service";

    public static string Timer(string renewal) => $"stepcarenew-{Escape(renewal)}.timer";

    /// <summary>Escapes a text that is not a path.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            if (one == '/')
                escaped.Append('-');
            else if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)':' or (byte)'_' || (one == '.' && escaped.Length > 0))
                escaped.Append((char)one);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"\\x{one:x2}");
        }

        return escaped.ToString();
    }

    /// <summary>The original of an escaped text.</summary>
    public static string Unescape(string name)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < name.Length; i++)
        {
            if (name[i] == '\\' && i + 3 < name.Length && name[i + 1] == 'x' && byte.TryParse(name.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                bytes.Add(one);
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(name[i] == '-' ? "/" : $"{name[i]}"));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
