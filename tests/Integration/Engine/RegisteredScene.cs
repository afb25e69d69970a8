using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Engine;

/// <summary>A registered renewal in a folder of its own, without a schedule.</summary>
internal sealed class RegisteredScene : IDisposable
{
    private readonly TestFolder home = new();
    private readonly DefinitionStore store;
    private readonly string name;

    public RegisteredScene(RenewalDefinition definition)
    {
        name = definition.Name;
        store = StoreAt(home);
        OwnFolder.Make(store.Folders.Definitions, RenewalScope.CurrentUser);
        OwnFolder.Make(store.Folders.StateFolder(name), RenewalScope.CurrentUser);
        store.Save(definition with { Scope = RenewalScope.CurrentUser });
    }

    public RenewalState State => new StateStore(store.Folders, NullLogger.Instance).Read(name);

    /// <summary>The store that holds the definition.</summary>
    public DefinitionStore Store => store;

    /// <summary>The definition file.</summary>
    public string DefinitionPath => store.Folders.DefinitionFile(name);

    /// <summary>The state folder of the renewal.</summary>
    public string StateFolder => store.Folders.StateFolder(name);

    /// <summary>The folder that holds all of it.</summary>
    public string Home => home;

    /// <summary>Runs the renewal now, as its schedule does.</summary>
    public Task<RegisteredOutcome> RunAsync(TimeProvider clock, ILogger logger) => RunAsync(home, name, clock, logger);

    /// <summary>Runs renewals in one call; they are renewed only if they are due.</summary>
    public static async Task<IReadOnlyList<RegisteredOutcome>> RunDueAsync(TimeProvider clock, ILogger logger, params RegisteredScene[] scenes)
    {
        var options = new RegisteredRunOptions { Module = new RunningModule(null, scenes[0].home), RetryTimeout = TimeSpan.Zero };
        using var runs = new RegisteredRuns(options, clock, () => 0.5, _ => null, logger);
        foreach (var (position, scene) in scenes.Index())
            await runs.RenewAsync(position, scene.store, scene.name, CancellationToken.None);
        await runs.ActAsync(CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
        return runs.Outcomes;
    }

    /// <summary>Runs the renewal if it is due.</summary>
    /// <returns>Its outcome and the exit code of the run.</returns>
    public Task<(RegisteredOutcome Outcome, int ExitCode)> CheckAsync() => RunAsync(home, name, isForced: false, TimeProvider.System, NullLogger.Instance);

    /// <summary>Runs a renewal whose files are in a folder.</summary>
    public static async Task<RegisteredOutcome> RunAsync(string home, string name, TimeProvider clock, ILogger logger) =>
        (await RunAsync(home, name, isForced: true, clock, logger)).Outcome;

    private static async Task<(RegisteredOutcome Outcome, int ExitCode)> RunAsync(string home, string name, bool isForced, TimeProvider clock, ILogger logger)
    {
        var store = StoreAt(home);
        var options = new RegisteredRunOptions { Module = new RunningModule(null, home), IsForced = isForced, RetryTimeout = TimeSpan.Zero };
        using var runs = new RegisteredRuns(options, clock, () => 0.5, _ => null, logger);
        await runs.RenewAsync(0, store, name, CancellationToken.None);
        await runs.ActAsync(CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
        return (runs.Outcomes.Single(), runs.ExitCode);
    }

    public void Dispose() => home.Dispose();

    private static DefinitionStore StoreAt(string home) =>
        new(RenewalFolders.ForScope(RenewalScope.CurrentUser, variable => variable == RenewalFolders.HomeVariable ? home : null));
}
