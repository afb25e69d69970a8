using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;
using StepCaRenew.Unit.FollowUps.Actions;

namespace StepCaRenew.Unit.Registration;

/// <summary>All users may read the state of a renewal, and the account of the run owns it.</summary>
public sealed class PublicStateTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly RenewalFolders folders;

    public PublicStateTests()
    {
        folders = RenewalFolders.ForScope(RenewalScope.CurrentUser, name => name == RenewalFolders.HomeVariable ? folder.Path : null);
        Directory.CreateDirectory(folders.StateFolder("web"));
    }

    private string StatePath => Path.Combine(folders.StateFolder("web"), "state.json");

    private StateStore Store => new(folders, NullLogger.Instance);

    public void Dispose() => folder.Dispose();

    [LinuxFact]
    public async Task State_AfterAFailedAction_HasNoOutputOfTheProgram()
    {
        var action = new CommandAction("/bin/sh", ["-c", "echo 'the licence number is 1234-5678' >&2; exit 3"]);
        var context = new ActionContext(new ActionHost(), [], new Dictionary<string, string?>(), new CollectingLogger(), TimeProvider.System, new NoRecord(), IsRetry: false);
        var error = await Assert.ThrowsAsync<RenewalException>(() => action.RunAsync(context, CancellationToken.None));
        Assert.Contains("1234-5678", error.Message, StringComparison.Ordinal);
        var outcome = new RenewalOutcome(new RenewalResult { Status = RenewalStatus.Renewed, ErrorId = error.ErrorId, Message = $"Renewed. {error.Message}" }, null) { PublicMessage = $"Renewed. {error.PublicMessage}" };
        Store.Write("web", new RenewalState().After(outcome, DateTimeOffset.UnixEpoch).Refused(error, DateTimeOffset.UnixEpoch));
        Assert.DoesNotContain("1234-5678", File.ReadAllText(StatePath), StringComparison.Ordinal);
        Assert.Equal("action 'sh' failed with exit code 3.", Store.Read("web").LastErrorMessage);
    }

    // Root reads it next: a link to a file of root must not be followed, and a pipe not waited for.
    [LinuxTheory]
    [InlineData("link")]
    [InlineData("pipe")]
    [InlineData("folder")]
    public void Read_NotARegularFile_IsTheEmptyState_WithAWarning(string what)
    {
        switch (what)
        {
            case "link":
                File.CreateSymbolicLink(StatePath, folder.Write("secret", """{"lastErrorMessage":"secret","actionsPending":true}"""));
                break;
            case "pipe":
                UnixFile.MakePipe(StatePath);
                break;
            default:
                Directory.CreateDirectory(StatePath);
                break;
        }

        var log = new CollectingLogger();
        Assert.Equal(new RenewalState(), new StateStore(folders, log).Read("web"));
        Assert.NotEmpty(log.Warnings);
    }
}
