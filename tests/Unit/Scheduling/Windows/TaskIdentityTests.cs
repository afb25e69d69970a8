using System.Xml.Linq;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;

namespace StepCaRenew.Unit.Scheduling.Windows;

/// <summary>The account of a task: the XML has the SID, and the scheduler gets a name only to log it on.</summary>
public sealed class TaskIdentityTests
{
    private const string Sid = "S-1-5-21-1-2-3-1105";

    [Fact]
    public void Render_AccountWithASid_HasTheSidInTheXml()
    {
        (ScheduledRun Run, string? Account, TaskLogon Logon)[] runs =
        [
            (Samples.Machine with { Account = new TaskAccount.User(@"CORP\svc") { Sid = Sid } }, @"CORP\svc", TaskLogon.S4U),
            (Samples.Machine with { Account = new TaskAccount.ManagedServiceAccount(@"CORP\web$") { Sid = Sid } }, @"CORP\web$", TaskLogon.Password),
            (Samples.Own with { Account = new TaskAccount.Self(@"AzureAD\JaneDoe") { Sid = Sid } }, null, TaskLogon.InteractiveToken),
        ];
        Assert.All(runs, one =>
        {
            var identity = TaskIdentity.ForRun(one.Run);
            Assert.Equal(Sid, identity.UserId);
            Assert.Equal(one.Account, identity.Account);
            Assert.Equal(one.Logon, identity.Logon);
            var xml = Samples.Xml(one.Run);
            Assert.Empty(TaskSchema.Faults(xml));
            Assert.All(XElement.Parse(xml).Descendants(TaskSchema.Namespace + "UserId"), user => Assert.Equal(Sid, user.Value));
            Assert.Contains(Sid, TaskSecurity.DescriptorFor(identity, AccountNames.SidOf), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("S-1-5-19")]
    [InlineData("S-1-5-20")]
    public void ForRun_ServiceAccount_IsLoggedOnAsOne(string sid)
    {
        var run = Samples.Machine with { Account = new TaskAccount.User(@"NT AUTHORITY\LOCAL SERVICE") { Sid = sid } };
        Assert.Equal(sid, TaskIdentity.ForRun(run).UserId);
        Assert.Equal(sid, TaskIdentity.ForRun(run).Account);
        Assert.Equal(TaskLogon.ServiceAccount, TaskIdentity.ForRun(run).Logon);
        Assert.DoesNotContain("LogonType", Samples.Xml(run), StringComparison.Ordinal);
        Assert.Empty(TaskSchema.Faults(Samples.Xml(run)));
    }

    // As older versions registered it.
    [Fact]
    public void Find_NameInsteadOfTheSid_IsHealthy()
    {
        var wanted = Samples.Xml(Samples.Own with { Account = new TaskAccount.Self(Samples.User) { Sid = Sid } });
        Assert.Empty(TaskDifferences.Between(Samples.Xml(Samples.Own), wanted, name => name is Samples.User or Sid ? Sid : null));
        Assert.NotEmpty(TaskDifferences.Between(Samples.Xml(Samples.Own), wanted, name => name == Sid ? Sid : name == Samples.User ? "S-1-5-21-1-2-3-7" : null));
    }

    [Fact]
    public async Task Install_EachAccount_PassesItsNameAndPassword()
    {
        var store = new FakeTaskStore();
        var scheduler = new WindowsTaskScheduler(store, TimeProvider.System, Samples.User, AccountNames.SidOf);
        await scheduler.InstallAsync(Samples.Own with { Account = new TaskAccount.Self(Samples.User) { Sid = Sid } }, default);
        var task = Assert.Single(store.Tasks);
        Assert.Contains($"<UserId>{Sid}</UserId>", task.Value, StringComparison.Ordinal);
        Assert.DoesNotContain(Samples.User, task.Value, StringComparison.Ordinal);
    }
}
