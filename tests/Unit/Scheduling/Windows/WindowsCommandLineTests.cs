using System.Text;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

public sealed class WindowsCommandLineTests
{
    // The examples of the documentation's own table.
    [Theory]
    [InlineData(@"""a b c"" d e", "a b c", "d", "e")]
    [InlineData(@"""ab\""c"" ""\\"" d", "ab\"c", @"\", "d")]
    [InlineData(@"a\\\b d""e f""g h", @"a\\\b", "de fg", "h")]
    [InlineData(@"a\\\""b c d", @"a\""b", "c", "d")]
    [InlineData(@"a\\\\""b c"" d e", @"a\\b c", "d", "e")]
    [InlineData(@"a""b"""" c d", "ab\" c d")]
    public void Parser_DocumentedExamples_AreReadAsDocumented(string line, params string[] expected) => Assert.Equal(expected, CommandLineParser.Parse(line));

    [Theory]
    [InlineData("-NoProfile", "-NoProfile")]
    [InlineData("", "\"\"")]
    [InlineData("a b", "\"a b\"")]
    [InlineData(@"C:\x\", @"C:\x\")]
    [InlineData(@"C:\x y\", @"""C:\x y\\""")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("\\\"", "\"\\\\\\\"\"")]
    public void Join_SpecialCharacters_AreQuoted(string argument, string expected) => Assert.Equal(expected, WindowsCommandLine.Join([argument]));

    [Fact]
    public void Join_AnyArguments_AreParsedBackAsTheSame()
    {
        var random = new RandomRuns(RandomRuns.Seed);
        for (var number = 0; number < 2000; number++)
        {
            var arguments = random.Arguments();
            var line = WindowsCommandLine.Join(arguments);
            Assert.True(arguments.SequenceEqual(CommandLineParser.Parse(line)), $"{RandomRuns.Replay(number)}: {line}");
        }
    }
}

/// <summary>
/// Parses a command line as Microsoft documents it ("Parsing C command-line arguments"), independently of the code that
/// joins it. The program is not part of it.
/// </summary>
internal static class CommandLineParser
{
    public static string[] Parse(string line)
    {
        var arguments = new List<string>();
        var at = 0;
        while (true)
        {
            // "Arguments are delimited by white space, which is either a space or a tab."
            while (at < line.Length && line[at] is ' ' or '\t')
                at++;
            if (at == line.Length)
                return [.. arguments];
            arguments.Add(One(line, ref at));
        }
    }

    private static string One(string line, ref int at)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        while (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
        {
            var backslashes = 0;
            while (at < line.Length && line[at] == '\\')
            {
                backslashes++;
                at++;
            }

            if (at == line.Length || line[at] != '"')
            {
                // "Backslashes are interpreted literally, unless they immediately precede a double quotation mark."
                argument.Append('\\', backslashes);
                if (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
                    argument.Append(line[at++]);
                continue;
            }

            // "If an even number of backslashes is followed by a double quotation mark, one backslash is placed for every
            // pair, and the mark is a delimiter. If an odd number, ... the mark is a literal."
            argument.Append('\\', backslashes / 2);
            at++;
            if (backslashes % 2 == 1)
                argument.Append('"');
            else if (isQuoted && at < line.Length && line[at] == '"')
                argument.Append(line[at++]); // "Within a quoted string, a pair of marks is a single escaped one."
            else
                isQuoted = !isQuoted;
        }

        return argument.ToString();
    }
}
