using StepCaRenew.Accounts;
using StepCaRenew.Registration;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Registration;

/// <summary>A renewal runs in a process of its account alone, and trusts nobody but that account and root.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RunAccountTests
{
    private static readonly RenewalDefinition Machine = new() { Name = "db", CertificatePath = "/etc/ssl/db.crt" };

    [LinuxFact]
    public void IsThisProcess_OtherAccount_IsFalse()
    {
        var other = Machine with { RunAs = Unprivileged.UserId() == 1 ? "root" : "daemon" };
        Assert.SkipWhen(UnixAccounts.UserNumber(other.RunAs!) is null, "This machine has no user 'daemon'.");
        Assert.False(RunAccount.IsThisProcess(other));
        Assert.Equal(ErrorId.OtherAccount, Assert.Throws<RenewalException>(() => RunAccount.RequireThisProcess(other)).ErrorId);
        // The definition does not count.
        Assert.Equal(new HashSet<uint> { 0, Unprivileged.UserId() }, RunAccount.Trusted(other).Users);
    }

    [LinuxFact]
    public void IsThisProcess_UnknownAccount_IsFalse() => Assert.False(RunAccount.IsThisProcess(Machine with { RunAs = "nobody-has-this-name" }));

    [LinuxFact]
    public void IsThisProcess_OwnAccount_IsFoundByItsNumber()
    {
        var name = UnixAccounts.UserName(Unprivileged.UserId());
        Assert.SkipWhen(UnixAccounts.UserNumber(name) is null, "The user of this process has no name.");
        Assert.True(RunAccount.IsThisProcess(Machine with { RunAs = name }));
        Assert.True(RunAccount.IsThisProcess(Machine with { Scope = RenewalScope.CurrentUser }));
    }

    [LinuxFact]
    public void IsThisProcess_Machine_IsTrueForRootOnly() => Assert.Equal(Unprivileged.UserId() == 0, RunAccount.IsThisProcess(Machine));

    [LinuxFact]
    public void Open_RenewalOfAnotherAccount_IsRefused()
    {
        var store = new DefinitionStore(new RenewalFolders(RenewalScope.Machine, "/r", "/s", "/l"));
        Expect.Failure(ErrorId.OtherAccount, () => RegisteredRenewal.Open(store, Machine with { RunAs = "nobody-has-this-name" }, new RunningModule(null, "/")));
    }
}
