namespace StepCaRenew.Scheduling.Foreign;

/// <summary>A command line of the reference client that renews a certificate: <c>step ca renew</c> or <c>step ca rekey</c>.</summary>
/// <param name="Files">The files that it could write: all operands (values of options among them), and the values of its output options.</param>
/// <param name="Daemon">The value of --daemon; null without this option.</param>
internal sealed record StepCommand(IReadOnlyList<string> Files, bool? Daemon)
{
    private static readonly string[] OutputOptions = ["out", "output-file", "out-cert", "out-key"];
    private static readonly string[] ShellOperators = ["&&", "||", ";", "|", "&"];

    /// <summary>Reads a command line, in which other programs can precede step (sudo, flock).</summary>
    /// <param name="words">Its words.</param>
    /// <returns>Null if it renews nothing.</returns>
    public static StepCommand? Parse(IReadOnlyList<string> words)
    {
        for (var at = 2; at < words.Count; at++)
        {
            if (words[at] is "renew" or "rekey" && words[at - 1] == "ca" && words.Take(at - 1).Any(IsStep))
                return Read([.. words.Skip(at + 1).TakeWhile(IsOfTheCommand)]);
        }

        return null;
    }

    /// <summary>A boolean as Go reads it (strconv.ParseBool).</summary>
    public static bool IsTrue(string? value) => value is "1" or "t" or "T" or "true" or "TRUE" or "True";

    private static StepCommand Read(IReadOnlyList<string> words)
    {
        var options = words.Select(Option).ToList();
        // Operands can be anywhere, and not all options that take a value are known here.
        var operands = words.Where(word => word is not ("" or ['-', ..]));
        var outputs = options.Where(option => OutputOptions.Contains(option.Name)).Select(option => option.Value).OfType<string>();
        bool? daemon = options.Any(option => option.Name == "daemon") ? options.Any(option => option.Name == "daemon" && (option.Value is null || IsTrue(option.Value))) : null;
        return new StepCommand([.. operands, .. outputs], daemon);
    }

    // Go allows one hyphen instead of two.
    private static (string? Name, string? Value) Option(string word)
    {
        if (!word.StartsWith('-'))
            return default;
        var parts = word.TrimStart('-').Split('=', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : null);
    }

    private static bool IsStep(string word) => Path.GetFileName(word).StartsWith("step", StringComparison.Ordinal);

    private static bool IsOfTheCommand(string word) => !ShellOperators.Contains(word) && word is not ['>' or '<', ..] and not ['1' or '2', '>', ..];
}
