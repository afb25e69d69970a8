using StepCaRenew.Completion;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Unit.Completion;

public sealed class KnownNamesTests
{
    [Fact]
    public void Signals_ContainThoseThatServersTake() => Assert.Subset(KnownNames.Signals.ToHashSet(), new HashSet<string> { "HUP", "USR1", "USR2", "TERM" });

    [Fact]
    public void Intervals_CanBeParsed()
    {
        Assert.Equal("1m", KnownNames.Intervals[0]);
        Assert.All(KnownNames.Intervals, interval => ScheduleInterval.Parse(interval));
    }

    [Fact]
    public void Contexts_AreThoseOfTheFolder()
    {
        using var folder = new TestFolder();
        folder.Write("contexts.json", """{ "work": { "authority": "a" }, "home": {} }""");
        Assert.Equal(["home", "work"], KnownNames.Contexts(folder.Path, _ => null));
        Assert.Equal(["home", "work"], KnownNames.Contexts(null, name => name == "STEPPATH" ? folder.Path : null));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ damaged")]
    public void Contexts_FileMissingOrDamaged_AreNone(string? content)
    {
        using var folder = new TestFolder();
        if (content is not null)
            folder.Write("contexts.json", content);
        Assert.Empty(KnownNames.Contexts(folder.Path, _ => null));
    }

    [Fact]
    public void ReadAccounts_PasswdFile_GivesTheNames()
    {
        using var folder = new TestFolder();
        Assert.Equal(["bob", "root"], KnownNames.ReadAccounts(folder.Write("passwd", "root:x:0:0::/root:/bin/sh\n# no one\n\nbob:x:1:1::/:/bin/sh\n+@group::::::\nbob:x:1:1::/:/bin/sh\n")));
        Assert.Empty(KnownNames.ReadAccounts(folder.At("none")));
    }
}
