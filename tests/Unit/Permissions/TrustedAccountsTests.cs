using StepCaRenew.Accounts;
using StepCaRenew.Permissions;

namespace StepCaRenew.Unit.Permissions;

/// <summary>The accounts that the runs of each account trust.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class TrustedAccountsTests
{
    [LinuxFact]
    public void Machine_IsRootAlone() => Assert.Equal([0u], TrustedAccounts.ForAccount(TaskAccount.OfMachine).Users);

    [LinuxFact]
    public void Self_IsTheUserOfThisProcess()
    {
        Assert.Equal(new HashSet<uint> { 0, Unprivileged.UserId() }, TrustedAccounts.ForAccount(new TaskAccount.Self("any")).Users);
        Assert.Equal(new HashSet<uint> { 0, Unprivileged.UserId() }, TrustedAccounts.ForThisProcess().Users);
    }

    [LinuxFact]
    public void User_IsFoundByName()
    {
        var daemon = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).FirstOrDefault(user => user[0] == "daemon");
        Assert.SkipWhen(daemon is null, "This machine has no user 'daemon'.");
        var trusted = TrustedAccounts.ForAccount(new TaskAccount.User("daemon"));
        Assert.Equal(["0", daemon[2]], trusted.Users.Order().Select(user => $"{user}"));
        Assert.Equal("daemon", trusted.UnixOwner);
    }

    [LinuxFact]
    public void User_Unknown_IsAnError()
    {
        var failure = Expect.Failure(ErrorId.AccountInvalid, () => TrustedAccounts.ForAccount(new TaskAccount.User("nobody-has-this-name")));
        Assert.Contains("'nobody-has-this-name'", failure.Message, StringComparison.Ordinal);
    }

    [LinuxFact]
    public void ManagedServiceAccount_IsOfWindowsOnly() =>
        Expect.Failure(ErrorId.AccountInvalid, () => TrustedAccounts.ForAccount(new TaskAccount.ManagedServiceAccount(@"D\a$")));

    [LinuxFact]
    public void Names_AreThoseOfTheSystem_OrTheNumber()
    {
        Assert.Equal("root", UnixAccounts.UserName(0));
        Assert.Equal("root", UnixAccounts.GroupName(0));
        Assert.Equal("3999999999", UnixAccounts.UserName(3999999999));
        Assert.Equal("3999999999", UnixAccounts.GroupName(3999999999));
    }
}
