using StepCaRenew.Accounts;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Accounts;

/// <summary>The account of a run: as the user names it, as it is registered, and whether it is the one that asks.</summary>
public sealed class AccountNameTests
{
    private const string Sid = "S-1-5-21-1-2-3-1105";

    [Theory]
    [InlineData(@"CORP\svc")]
    [InlineData(@"corp\SVC")]
    [InlineData("svc")]
    [InlineData("svc@corp.example")]
    [InlineData(Sid)]
    public void Resolve_EachSpelling_IsTheSameAccount(string name) =>
        Assert.Equal(new TaskAccount.User(@"CORP\svc") { Sid = Sid }, AccountName.Resolve(new TaskAccount.User(name), _ => Sid, _ => @"CORP\svc"));

    [Fact]
    public void Resolve_UnknownAccount_IsUnchanged()
    {
        var account = new TaskAccount.User("nobody");
        Assert.Same(account, AccountName.Resolve(account, _ => null, _ => null));
        Assert.Equal("svc", AccountName.Resolve(new TaskAccount.User("svc"), _ => Sid, _ => null).Display);
    }

    [Fact]
    public void Resolve_System_IsTheMachine() =>
        Assert.Equal(TaskAccount.OfMachine, AccountName.Resolve(new TaskAccount.User(@"NT AUTHORITY\SYSTEM"), _ => "S-1-5-18", _ => @"NT AUTHORITY\SYSTEM"));

    [Fact]
    public void Resolve_ManagedServiceAccount_IsFoundByNameOrSid()
    {
        var managed = new TaskAccount.ManagedServiceAccount(@"CORP\web$") { Sid = Sid };
        Assert.Equal(managed, AccountName.Resolve(new TaskAccount.ManagedServiceAccount(@"corp\web$"), _ => Sid, _ => @"CORP\web$"));
        Assert.Equal(managed, AccountName.Resolve(new TaskAccount.User(Sid), _ => Sid, _ => @"CORP\web$"));
    }

    [Fact]
    public void Resolve_Password_IsKept()
    {
        using var password = new System.Security.SecureString();
        Assert.Same(password, Assert.IsType<TaskAccount.User>(AccountName.Resolve(new TaskAccount.User("svc", password), _ => Sid, _ => null)).Password);
    }

    [Fact]
    public void FromDefinition_Sid_IsThatOfTheAccount()
    {
        Assert.Equal(new TaskAccount.User(@"CORP\svc") { Sid = Sid }, AccountName.FromDefinition(Definition(@"CORP\svc", Sid)));
        Assert.Equal(new TaskAccount.ManagedServiceAccount(@"CORP\web$") { Sid = Sid }, AccountName.FromDefinition(Definition(@"CORP\web$", Sid)));
        Assert.Equal(new TaskAccount.User(@"CORP\svc"), AccountName.FromDefinition(Definition(@"CORP\svc", null)));
    }

    // An older definition holds the name as it was typed.
    [Theory]
    [InlineData(@"corp\svc", null, true)]
    [InlineData("svc", null, true)]
    [InlineData(@"CORP\other", null, false)]
    [InlineData(@"CORP\renamed", Sid, true)]
    [InlineData(@"CORP\svc", "S-1-5-21-1-2-3-9999", false)]
    public void IsAccount_Sid_Decides(string runAs, string? sid, bool isAccount) =>
        Assert.Equal(isAccount, AccountName.IsAccount(Definition(runAs, sid), @"CORP\svc", Sid, name => name.EndsWith("svc", StringComparison.Ordinal) ? Sid : "S-1-5-21-1-2-3-7"));

    [Theory]
    [InlineData(@"corp\SVC", true)]
    [InlineData("svc", false)]
    public void IsAccount_WithoutASid_ComparesTheName(string runAs, bool isAccount) => Assert.Equal(isAccount, AccountName.IsAccount(Definition(runAs, null), @"CORP\svc", Sid, _ => null));

    private static RenewalDefinition Definition(string runAs, string? sid) => new() { Name = "web", CertificatePath = "/a", RunAs = runAs, RunAsSid = sid };
}
