using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Attacks;

/// <summary>A registered renewal of root for a pair in the folder of a user, with an action and a monitor.</summary>
internal sealed class RegisteredAttack : IDisposable
{
    private readonly TestFolder home = new();

    private RegisteredAttack(IssuedPair pair, DefinitionStore store, string trace) => (Pair, Store, Trace) = (pair, store, trace);

    public const string Name = "web";

    public IssuedPair Pair { get; }

    public DefinitionStore Store { get; }

    /// <summary>The file that the action appends a line to.</summary>
    public string Trace { get; }

    public Monitor Monitor { get; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public RenewalState State => new StateStore(Store.Folders, NullLogger.Instance).Read(Name);

    public string StateText => File.ReadAllText(Path.Combine(Store.Folders.StateFolder(Name), "state.json"));

    public int Acted => File.Exists(Trace) ? File.ReadAllLines(Trace).Length : 0;

    /// <summary>The user's folder with the pair, and all else in a folder of root.</summary>
    public static async Task<RegisteredAttack> MakeAsync(ITestCa ca, IssuedPair pair, Func<RenewalDefinition, RenewalDefinition>? change = null, TimeProvider? clock = null)
    {
        Tool.RequireRoot();
        Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", Path.GetDirectoryName(pair.CertificatePath)!);
        var folder = new TestFolder();
        Tool.Run("chmod", "0755", folder);
        var store = new DefinitionStore(RenewalFolders.ForScope(RenewalScope.CurrentUser, variable => variable == RenewalFolders.HomeVariable ? folder.Path : null));
        var trace = Path.Combine(folder, "trace");
        var attack = new RegisteredAttack(pair, store, trace) { Clock = clock ?? TimeProvider.System };
        OwnFolder.Make(store.Folders.Definitions, RenewalScope.CurrentUser);
        OwnFolder.Make(store.Folders.StateFolder(Name), RenewalScope.CurrentUser);
        await File.WriteAllTextAsync(store.MonitorFile(Name), attack.Monitor.Address);
        Tool.Run("chmod", "0600", store.MonitorFile(Name));
        var definition = new RenewalDefinition
        {
            Name = Name,
            Scope = RenewalScope.CurrentUser,
            CertificatePath = pair.CertificatePath,
            KeyPath = pair.KeyPath,
            Ca = new() { StepPath = ca.StepPath },
            HealthCheckUriFile = store.MonitorFile(Name),
            Actions = [new CommandAction("/bin/sh", ["-c", "echo ran >> \"$0\"", trace])],
        };
        store.Save(change is null ? definition : change(definition));
        return attack;
    }

    /// <summary>Runs the renewal as its schedule does.</summary>
    public async Task<(RegisteredOutcome Outcome, int ExitCode)> RunAsync(bool isForced, ILogger? logger = null)
    {
        var options = new RegisteredRunOptions { Module = new RunningModule(null, home), IsForced = isForced, IsScheduled = true, RetryTimeout = TimeSpan.Zero };
        using var runs = new RegisteredRuns(options, Clock, () => 0.5, _ => null, logger ?? NullLogger.Instance);
        await runs.RenewAsync(0, Store, Name, CancellationToken.None);
        await runs.ActAsync(CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
        return (runs.Outcomes.Single(), runs.ExitCode);
    }

    public void Dispose()
    {
        Monitor.Dispose();
        home.Dispose();
        Directory.Delete(Path.GetDirectoryName(Trace)!, recursive: true);
    }
}
