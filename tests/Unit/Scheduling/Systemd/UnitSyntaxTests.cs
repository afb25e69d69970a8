using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Unit.Scheduling.Systemd;

public sealed class UnitNameTests
{
    [Theory]
    [InlineData("web", "stepcarenew-web.timer")]
    [InlineData("web-1.local_x", @"stepcarenew-web\x2d1.local_x.timer")]
    public void Timer_Name_IsEscaped(string name, string expected) => Assert.Equal(expected, UnitName.Timer(name));

    [Theory]
    [InlineData(".a/b:ä", @"\x2ea-b:\xc3\xa4")]
    [InlineData(@"a\x2d", @"a\x5cx2d")]
    public void Unescape_EscapedText_IsTheOriginal(string text, string escaped)
    {
        Assert.Equal(escaped, UnitName.Escape(text));
        Assert.Equal(text, UnitName.Unescape(escaped));
    }
}

public sealed class UnitFileTests
{
    [Fact]
    public void Parse_CommentsContinuationsAndSpaces_AreReadAsBySystemd()
    {
        var entries = UnitFile.Parse("# c\n; c\n[Unit]\n Description = a b \n\n[Service]\nEnvironment=A=1 \\\n# between\n   B=2 \\\n C=3\nBroken\n");
        Assert.Equal([("Unit", "Description"), ("Service", "Environment"), ("Service", "Broken")], entries.Select(entry => (entry.Section, entry.Key)));
        Assert.Equal("a b", entries[0].Value);
        Assert.Equal(["A=1", "B=2", "C=3"], UnitWords.Split(entries[1].Value));
    }

    [Theory]
    [InlineData("a  b", new[] { "a", "b" })]
    [InlineData("\"a b\"c 'd \"e'", new[] { "a bc", "d \"e" })]
    [InlineData("\"a\\\"b\\\\\" \"\"", new[] { "a\"b\\", "" })]
    [InlineData("", new string[0])]
    public void Split_Value_ReturnsItsWords(string value, string[] expected) => Assert.Equal(expected, UnitWords.Split(value));

    [Fact]
    public void Differences_ChangedKey_NamesUnitKeyFoundAndExpected()
    {
        var differences = UnitFile.Differences("x.timer", "[Timer]\nOnCalendar=*:07\nPersistent=true\n[Install]\nWantedBy=t\n", "[Timer]\nOnCalendar=*:08\nOnCalendar=*:09\nRandomizedDelaySec=30\n[Install]\nWantedBy=t\n");
        Assert.Equal(
            [
                "x.timer: OnCalendar is '*:08', '*:09' instead of '*:07'.",
                "x.timer: Persistent=true is missing in [Timer].",
                "x.timer: RandomizedDelaySec=30 in [Timer] should not be there.",
            ],
            differences);
        Assert.Empty(UnitFile.Differences("x", "[A]\nb=1\nc=2\n", "# other\n[A]\n c = 2\nb=1"));
    }
}
