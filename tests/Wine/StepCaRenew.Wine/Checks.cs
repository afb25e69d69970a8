using System.Security;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Logging;
using StepCaRenew.Scheduling;
using StepCaRenew.Scheduling.Windows;
using StepCaRenew.Scheduling.Windows.Com;

namespace StepCaRenew.Wine;

/// <summary>Calls of Wine's Task Scheduler, through the classes that the module uses on Windows.</summary>
internal static class Checks
{
    private static readonly ScheduledRun Run = new()
    {
        Name = "web",
        Scope = RenewalScope.Machine,
        Account = TaskAccount.OfMachine,
        Interval = TimeSpan.FromMinutes(15),
        Phase = new TimeSpan(0, 7, 23),
        Command = RunCommand.ForRenewal(@"C:\Program Files\PowerShell\7\pwsh.exe", "StepCaRenew", "web"),
    };

    public static async Task RunAsync(Action<string, string> tell)
    {
        var store = new ComTaskStore();
        var scheduler = new WindowsTaskScheduler(TimeProvider.System);
        var path = TaskPath.ForRenewal(Run.Name, Run.Scope, "");
        var identity = TaskIdentity.ForRun(Run);

        await TryAsync("find before", async () => (await scheduler.FindAsync(Run, default)).Exists);
        await TryAsync("remove before", () => scheduler.RemoveAsync(Run.Name, Run.Scope, default));
        await TryAsync("register", () => scheduler.InstallAsync(Run, default));
        await TryAsync("find", async () => (await scheduler.FindAsync(Run, default)).Exists);
        await TryAsync("file", () => Task.FromResult(TaskFile()));
        await TryAsync("update", () => Task.FromResult(Write(Run with { Interval = TimeSpan.FromHours(12) })));
        await TryAsync("file updated", () => Task.FromResult(TaskFile()));
        await TryAsync("read back", async () => string.Join(" | ", (await scheduler.FindAsync(Run, default)).Differences));
        await TryAsync("start", () => scheduler.RunNowAsync(Run, default));
        await TryAsync("broken XML", () => Task.FromResult(Write("<Task")));
        await TryAsync("foreign XML", () => Task.FromResult(Write("<Task xmlns='urn:x'/>")));
        await TryAsync("no actions", () => Task.FromResult(Write(scheduler.Render(Run).Replace("Exec>", "Execute>", StringComparison.Ordinal))));
        await TryAsync("remove", () => scheduler.RemoveAsync(Run.Name, Run.Scope, default));
        await TryAsync("remove again", () => scheduler.RemoveAsync(Run.Name, Run.Scope, default));
        await TryAsync("find after", async () => (await scheduler.FindAsync(Run, default)).Exists);
        await TryAsync("start of none", () => scheduler.RunNowAsync(Run, default));
        await TryAsync("own register", () => scheduler.InstallAsync(Own(), default));
        await TryAsync("own find", async () => (await scheduler.FindAsync(Own(), default)).Exists);
        await TryAsync("own remove", () => scheduler.RemoveAsync(Run.Name, RenewalScope.CurrentUser, default));
        using (var password = Password("Wine-only"))
            await TryAsync("with a password", () => scheduler.InstallAsync(Run with { Account = new TaskAccount.User(@"CORP\web", password) }, default));
        await TryAsync("password removed", () => scheduler.RemoveAsync(Run.Name, Run.Scope, default));
        await TryAsync("command lines", () => Task.FromResult(CommandLines.Check()));
        await TryAsync("event source", () => Task.FromResult(WindowsEventSource.Register()));
        await TryAsync("event", () => Task.FromResult(Event()));
        tell("end", "");

        string Write(object what)
        {
            try
            {
                store.Write(path, what as string ?? scheduler.Render((ScheduledRun)what), identity, TaskSecurity.DescriptorFor(identity, AccountNames.SidOf));
                return "written";
            }
            catch (Exception e)
            {
                throw TaskErrors.ToError(e, "It can't be written");
            }
        }

        async Task TryAsync<T>(string name, Func<Task<T>> attempt)
        {
            try
            {
                tell(name, $"{await attempt()}");
            }
            catch (RenewalException e)
            {
                tell(name, $"{e.ErrorId}: {e.Message}");
            }
            catch (Exception e)
            {
                tell(name, $"{e.GetType().Name} 0x{e.HResult:X8}: {e.Message}");
            }
        }
    }

    private static ScheduledRun Own() => Run with { Scope = RenewalScope.CurrentUser, Account = new TaskAccount.Self(AccountNames.Current()) };

    private static SecureString Password(string text)
    {
        var password = new SecureString();
        foreach (var one in text)
            password.AppendChar(one);
        return password;
    }

    // Only that the calls are made as declared: Wine's event log is none.
    private static string Event()
    {
        new WindowsEventLog().Log(LogLevel.Warning, new EventId(104), "An event", null, (text, _) => text);
        return "written";
    }

    // Where the scheduler keeps a task.
    private static bool TaskFile() => File.Exists(Environment.ExpandEnvironmentVariables(@"%SystemRoot%\System32\Tasks\StepCaRenew\web"));
}
