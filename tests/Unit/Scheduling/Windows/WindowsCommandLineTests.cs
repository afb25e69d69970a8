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
