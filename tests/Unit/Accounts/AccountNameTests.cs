using StepCaRenew.Accounts;

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
}
