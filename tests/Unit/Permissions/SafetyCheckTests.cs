using System.Runtime.Versioning;
using StepCaRenew.Permissions;
using StepCaRenew.Text;

namespace StepCaRenew.Unit.Permissions;

/// <summary>The errors of the check, and the accounts that it trusts.</summary>
[SupportedOSPlatform("linux")]
public sealed class SafetyCheckTests : IDisposable
{
    private readonly GuardedPlace place = new();

    public void Dispose() => place.Dispose();

    [LinuxTheory]
    [InlineData("the definition")]
    [InlineData("the script")]
    [InlineData("the program")]
    [InlineData("pwsh")]
    [InlineData("the module")]
    [InlineData("the root certificate")]
    [InlineData("the password file")]
    public void RequireSafeDefinition_UnsafeFile_NamesItsRole(string what)
    {
        var good = new GuardedPath(place.File("good"), "something else");
        var bad = new GuardedPath(GuardedPlace.Mode(place.File("bad"), 0b110_100_110), what);
        var failure = Expect.Failure(ErrorId.InsecureDefinition, () => SafetyCheck.RequireSafeDefinition([good, bad], TrustedAccounts.ForThisProcess()));
        Assert.Contains($"can change {what} '{bad.Path}': '{bad.Path}' can be written by everyone (mode 0646)", failure.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void RequireSafeFolder_UnsafeFolder_HasItsOwnError()
    {
        var path = GuardedPlace.Mode(place.Folder("state"), 0b111_101_111);
        var failure = Expect.Failure(ErrorId.InsecureFolder, () => SafetyCheck.RequireSafeFolder([new(path, "the state folder")], TrustedAccounts.ForThisProcess()));
        Assert.Contains("the state folder", failure.Message, StringComparison.Ordinal);
        GuardedPlace.Mode(path, 0b111_000_000);
        SafetyCheck.RequireSafeFolder([new(path, "the state folder")], TrustedAccounts.ForThisProcess());
    }

    [LinuxFact]
    public void SeveralRights_AreAllNamed_UpToThree()
    {
        var path = place.File("a/b/c/d/run.ps1");
        string[] bad = [place.At("a"), place.At("a/b"), place.At("a/b/c"), place.At("a/b/c/d")];
        foreach (var folder in bad)
            GuardedPlace.Mode(folder, 0b111_101_111);
        var failure = Expect.Failure(ErrorId.InsecureDefinition, () => place.Accepted(path));
        Assert.Contains($"chmod o-w {bad[0]}; chmod o-w {bad[1]}; chmod o-w {bad[2]}", failure.Remedy, StringComparison.Ordinal);
        Assert.EndsWith("not sticky), and 1 more.", failure.Message, StringComparison.Ordinal);
    }

    [LinuxTheory]
    [InlineData("a b.ps1", "'{0}'")]
    [InlineData("$(x).ps1", "'{0}'")]
    public void Command_QuotesThePath(string name, string quoted)
    {
        var path = GuardedPlace.Mode(place.File(name), 0b110_100_110);
        var wanted = quoted.Replace("{0}", path, StringComparison.Ordinal);
        Assert.EndsWith($"chmod o-w {wanted}", place.Refused(path, path, "can be written").Remedy, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void OwnAccount_IsTrusted_ForItsRunsOnly()
    {
        var path = GuardedPlace.Give(place.File("run.ps1"));
        using var theirs = new GuardedPlace { Trusted = TrustedAccounts.FromUsers(GuardedPlace.Stranger) };
        theirs.Accepted(path);
        place.Refused(path, path, "is owned by '1234'");
    }

    [LinuxFact]
    public void KeysOwner_IsTrusted_WithThePairsFolder()
    {
        var key = GuardedPlace.Give(place.File("pair/a.key"));
        GuardedPlace.Give(place.At("pair"));
        var machine = TrustedAccounts.FromUsers();
        Expect.Failure(ErrorId.InsecureFolder, () => SafetyCheck.RequireSafeFolder([new(place.At("pair"), "the pair's folder")], machine));
        SafetyCheck.RequireSafeFolder([new(place.At("pair"), "the pair's folder")], machine.WithOwnerOf(key));
        Assert.Equal(machine.Users, machine.WithOwnerOf(place.At("missing.key")).Users);
    }

    [LinuxFact]
    public void PwshOfThisMachine_AndItsOwnTools_ComeToAnAnswer()
    {
        // Whatever the answer is: real folders hold what no test thinks of.
        _ = new SafetyCheck(TrustedAccounts.FromUsers()).Find(new GuardedPath("/usr/bin/env", "the program"));
        _ = new SafetyCheck(TrustedAccounts.FromUsers()).Find(new GuardedPath(AppContext.BaseDirectory, "the module", WithContents: true));
    }
}
