using System.Globalization;
using System.Text;

namespace StepCaRenew.Integration.Scheduling;

/// <summary>
/// Reads a command line of a unit by the rules of systemd.syntax(7), systemd.unit(5) and systemd.service(5), independently
/// of the code that renders it. Throws if systemd would not run the line as it is.
/// </summary>
internal static class SystemdWords
{
    public static List<string> Parse(string line)
    {
        var words = Split(line).Select(Specifiers).ToList();
        Assert.StartsWith("/", words[0], StringComparison.Ordinal);
        // The program cannot have variables.
        return [words[0], .. words[1..].Select(Variables)];
    }

    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var at = 0;
        while (at < line.Length)
        {
            if (line[at] == ' ')
            {
                at++;
                continue;
            }

            var bytes = new List<byte>();
            var quote = line[at] is '"' or '\'' ? line[at++] : ' ';
            for (; at < line.Length && line[at] != quote; at++)
            {
                if (quote == ' ' && (line[at] is '"' or '\''))
                    throw new FormatException("A quotation mark within a word.");
                if (line[at] == '\\')
                    bytes.Add(Escape(line, ref at));
                else if (char.IsSurrogate(line[at]))
                    bytes.AddRange(Encoding.UTF8.GetBytes(line.Substring(at++, 2)));
                else
                    bytes.AddRange(Encoding.UTF8.GetBytes(line[at].ToString()));
            }

            if (quote != ' ' && (at == line.Length || (at + 1 < line.Length && line[at + 1] != ' ')))
                throw new FormatException("A quotation that does not end with its word.");
            at++;
            words.Add(Encoding.UTF8.GetString([.. bytes]));
        }

        return words;
    }

    private static byte Escape(string line, ref int at)
    {
        at++;
        if (line[at] != 'x')
            return line[at] switch { 'a' => 7, 'b' => 8, 'f' => 12, 'n' => 10, 'r' => 13, 't' => 9, 'v' => 11, 's' => 32, '\\' or '"' or '\'' => (byte)line[at], _ => throw new FormatException("An escape that systemd refuses.") };
        at += 2;
        return byte.Parse(line.AsSpan(at - 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private static string Specifiers(string word) => Doubled(word, '%');

    private static string Variables(string word) => Doubled(word, '$');

    private static string Doubled(string word, char special)
    {
        var parts = word.Split($"{special}{special}");
        return parts.Any(part => part.Contains(special, StringComparison.Ordinal)) ? throw new FormatException($"A single {special}.") : string.Join(special, parts);
    }
}
