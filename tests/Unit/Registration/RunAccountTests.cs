using StepCaRenew.Accounts;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

/// <summary>A renewal runs in a process of its account alone, and trusts nobody but that account and root.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class RunAccountTests
{
    private const string Sid = "S-1-5-21-1-2-3-1105";

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
    public void IsThisProcess_Machine_IsTrueForRootOnly() => Assert.Equal(Unprivileged.IsRoot, RunAccount.IsThisProcess(Machine));

    [LinuxFact]
    public void Open_RenewalOfAnotherAccount_IsRefused()
    {
        var store = new DefinitionStore(new RenewalFolders(RenewalScope.Machine, "/r", "/s", "/l"));
        Expect.Failure(ErrorId.OtherAccount, () => RegisteredRenewal.Open(store, Machine with { RunAs = "nobody-has-this-name" }, new RunningModule(null, "/")));
    }

    [Fact]
    public void FromDefinition_Sid_IsThatOfTheAccount()
    {
        Assert.Equal(new TaskAccount.User(@"CORP\svc") { Sid = Sid }, RunAccount.FromDefinition(Definition(@"CORP\svc", Sid)));
        Assert.Equal(new TaskAccount.ManagedServiceAccount(@"CORP\web$") { Sid = Sid }, RunAccount.FromDefinition(Definition(@"CORP\web$", Sid)));
        Assert.Equal(new TaskAccount.User(@"CORP\svc"), RunAccount.FromDefinition(Definition(@"CORP\svc", null)));
    }

    // An older definition holds the name as it was typed.
    [Theory]
    [InlineData(@"corp\svc", null, true)]
    [InlineData("svc", null, true)]
    [InlineData(@"CORP\other", null, false)]
    [InlineData(@"CORP\renamed", Sid, true)]
    [InlineData(@"CORP\svc", "S-1-5-21-1-2-3-9999", false)]
    public void IsAccount_Sid_Decides(string runAs, string? sid, bool isAccount) =>
        Assert.Equal(isAccount, RunAccount.IsAccount(Definition(runAs, sid), @"CORP\svc", Sid, name => name.EndsWith("svc", StringComparison.Ordinal) ? Sid : "S-1-5-21-1-2-3-7"));

    [Theory]
    [InlineData(@"corp\SVC", true)]
    [InlineData("svc", false)]
    public void IsAccount_WithoutASid_ComparesTheName(string runAs, bool isAccount) => Assert.Equal(isAccount, RunAccount.IsAccount(Definition(runAs, null), @"CORP\svc", Sid, _ => null));

    private static RenewalDefinition Definition(string runAs, string? sid) => new() { Name = "web", CertificatePath = "/a", RunAs = runAs, RunAsSid = sid };
}
