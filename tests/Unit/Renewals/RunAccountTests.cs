using StepCaRenew.Renewals;
using StepCaRenew.Safety;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Renewals;

/// <summary>A renewal runs in a process of its account alone, and trusts nobody but that account and root.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RunAccountTests
{
    private static readonly RenewalDefinition Machine = new() { Name = "db", CertificatePath = "/etc/ssl/db.crt" };

    [LinuxFact]
    public void IsThisProcess_AnotherAccount_IsNot_WhoeverAsks()
    {
        var other = Machine with { RunAs = Unprivileged.UserId() == 1 ? "root" : "daemon" };
        Assert.SkipWhen(UnixAccounts.UserNumber(other.RunAs!) is null, "This machine has no user 'daemon'.");
        Assert.False(RunAccount.IsThisProcess(other));
        Assert.Equal(ErrorId.OtherAccount, Assert.Throws<RenewalException>(() => RunAccount.RequireThisProcess(other)).ErrorId);
        // What the definition says counts for nothing.
        Assert.Equal(new HashSet<uint> { 0, Unprivileged.UserId() }, RunAccount.Trusted(other).Users);
    }

    [LinuxFact]
    public void IsThisProcess_AnUnknownAccount_IsNot() => Assert.False(RunAccount.IsThisProcess(Machine with { RunAs = "nobody-has-this-name" }));

    [LinuxFact]
    public void IsThisProcess_TheOwnAccount_IsByItsNumber()
    {
        var name = UnixAccounts.UserName(Unprivileged.UserId());
        Assert.SkipWhen(UnixAccounts.UserNumber(name) is null, "The user of this process has no name.");
        Assert.True(RunAccount.IsThisProcess(Machine with { RunAs = name }));
        Assert.True(RunAccount.IsThisProcess(Machine with { Scope = RenewalScope.CurrentUser }));
    }

    [LinuxFact]
    public void IsThisProcess_TheMachines_IsRootAlone() => Assert.Equal(Unprivileged.UserId() == 0, RunAccount.IsThisProcess(Machine));

    [LinuxFact]
    public void Open_ARenewalOfAnotherAccount_IsRefused()
    {
        var store = new DefinitionStore(new RenewalFolders(RenewalScope.Machine, "/r", "/s", "/l"));
        Expect.Failure(ErrorId.OtherAccount, () => RegisteredRenewal.Open(store, Machine with { RunAs = "nobody-has-this-name" }, new RunningModule(null, "/")));
    }
}
