using StepCaRenew.FollowUps.Actions;

namespace StepCaRenew.Unit.FollowUps.Actions;

public sealed class ActionHashTests
{
    [Fact]
    public void Hash_KnownAction_NeverChanges()
    {
        // A record on disk outlives the version that wrote it.
        Assert.Equal("fcc53829ed58b6d96ad153e2cb470b340668bf1568d543694c5083017ddbc317", new CommandAction("nginx", ["-s", "reload"]).Hash);
    }

    [Fact]
    public void Hash_DifferentActions_Differ()
    {
        ActionDefinition[] all =
        [
            new CommandAction("nginx", ["-s", "reload"]), new CommandAction("nginx", ["-s reload"]), new CommandAction("nginx", ["-sreload"]),
            new CommandAction("nginx", ["-s", "reload", ""]), new CommandAction("nginx-s", ["reload"]), new ScriptAction("nginx"), new ScriptBlockAction("nginx", null!),
            new ServiceAction("nginx", IsReload: true), new ServiceAction("nginx", IsReload: false), new SignalAction("HUP", "nginx"), new SignalAction("INT", "nginx"),
        ];
        Assert.Equal(all.Length, all.Select(action => action.Hash).Distinct().Count());
    }

    [Theory]
    [InlineData("HUP", "SIGHUP")]
    [InlineData("hup", "1")]
    [InlineData("SigTerm", "15")]
    public void Hash_SignalByEitherName_IsTheSame(string one, string other) =>
        Assert.Equal(new SignalAction(one, "/run/x.pid").Hash, new SignalAction(other, "/run/x.pid").Hash);
}
