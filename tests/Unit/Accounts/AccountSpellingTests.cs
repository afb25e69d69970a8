using System.Runtime.Versioning;
using StepCaRenew.Accounts;

namespace StepCaRenew.Unit.Accounts;

/// <summary>One account of Windows, written in each way that Windows or a person writes it.</summary>
public sealed class AccountSpellingTests
{
    private const string Service = "S-1-5-21-1-2-3-1105";
    private const string Local = "S-1-5-21-9-9-9-1001";

    // A machine PC1 of the domain CORP; each of them has an account svc.
    private static readonly Dictionary<string, string> Directory = new(StringComparer.OrdinalIgnoreCase)
    {
        [@"CORP\svc"] = Service,
        ["svc@corp.example"] = Service,
        [Service] = Service,
        [@"PC1\svc"] = Local,
        ["svc"] = Local, // Windows looks at the machine first.
        [@"NT AUTHORITY\SYSTEM"] = "S-1-5-18",
        ["SYSTEM"] = "S-1-5-18",
        [@"CORP\web$"] = "S-1-5-21-1-2-3-1200",
    };

    [Theory]
    [InlineData(@".\svc", @"PC1\svc")]
    [InlineData("svc", "svc")]
    [InlineData(@"CORP\svc", @"CORP\svc")]
    [InlineData("svc@corp.example", "svc@corp.example")]
    [InlineData(Service, Service)]
    public void Expand_TheDot_IsThisMachine(string name, string expanded) => Assert.Equal(expanded, AccountSpelling.Expand(name, "PC1"));

    [Theory]
    [InlineData(@"CORP\svc", @"corp\SVC", true)]
    [InlineData(@"CORP\svc", "svc@corp.example", true)]
    [InlineData(@"CORP\svc", Service, true)]
    [InlineData(@"PC1\svc", "svc", true)]
    [InlineData(@".\svc", @"PC1\svc", true)]
    [InlineData(@"CORP\svc", @"PC1\svc", false)]
    [InlineData(@"CORP\svc", "svc", false)] // The local one.
    [InlineData(@"CORP\svc", Local, false)]
    [InlineData("nobody", "nobody else", false)] // Two that nobody knows are not one.
    [InlineData("nobody", "NOBODY", true)]
    public void AreSame_BySids(string one, string other, bool isSame)
    {
        Assert.Equal(isSame, AccountSpelling.AreSame(one, other, SidOf));
        Assert.Equal(isSame, AccountSpelling.AreSame(other, one, SidOf));
        Assert.Equal(isSame, AccountNames.AreSame(one, other, SidOf));
    }

    // The scheduler may leave out the domain, and its controller may be out of reach.
    [Fact]
    public void AreSame_OfATask_WithoutSids_ComparesTheLettersOfTheName()
    {
        Assert.True(AccountNames.AreSame(@"CORP\svc", "svc", _ => null));
        Assert.False(AccountNames.AreSame(@"CORP\svc", @"PC1\svc", _ => null));
    }

    [Theory]
    [InlineData("S-1-5-18", true)]
    [InlineData("s-1-5-21-1-2-3-1001", true)]
    [InlineData("S-1-", false)]
    [InlineData("S-1-5-", false)]
    [InlineData("S-1-5-18x", false)]
    [InlineData("S-15", false)]
    public void IsSid_OfTexts(string text, bool isSid) => Assert.Equal(isSid, AccountSpelling.IsSid(text));

    [WindowsFact]
    [SupportedOSPlatform("windows")]
    public void SidOf_EachSpellingOfThisAccount_IsItsSid()
    {
        var name = WindowsAccounts.CurrentName();
        Assert.SkipUnless(name.StartsWith($@"{Environment.MachineName}\", StringComparison.OrdinalIgnoreCase), $"'{name}' is not an account of this machine.");
        var (own, alone) = (WindowsAccounts.Current(), name[(name.IndexOf('\\', StringComparison.Ordinal) + 1)..]);
        Assert.All([name, $@".\{alone}", alone, own, own.ToLowerInvariant()], one => Assert.Equal(own, WindowsAccounts.SidOf(one)));
    }

    [WindowsFact]
    [SupportedOSPlatform("windows")]
    public void CurrentUser_IsTheAccountOfTheProcess()
    {
        Assert.True(AccountSpelling.AreSame(AccountName.Current, WindowsAccounts.Current(), AccountNames.SidOf));
        Assert.EndsWith($@"\{CurrentUser.Name}", AccountName.Current, StringComparison.Ordinal);
        Assert.Null(AccountNames.SidOf("nobody-has-this-name"));
    }

    private static string? SidOf(string name) => Directory.GetValueOrDefault(AccountSpelling.Expand(name, "PC1"));
}
