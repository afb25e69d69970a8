using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewals;

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
        store = new DefinitionStore(RenewalFolders.Of(RenewalScope.CurrentUser, variable => variable == RenewalFolders.HomeVariable ? (string)home : null));
        OwnFolder.Make(store.Folders.Definitions, RenewalScope.CurrentUser);
        OwnFolder.Make(store.Folders.StateOf(name), RenewalScope.CurrentUser);
        store.Save(definition with { Scope = RenewalScope.CurrentUser });
    }

    public RenewalState State => new StateStore(store.Folders, NullLogger.Instance).Read(name);

    /// <summary>Runs it now, as its schedule does.</summary>
    public async Task<RegisteredOutcome> RunAsync(TimeProvider clock, ILogger logger)
    {
        var options = new RegisteredRunOptions { Module = new RunningModule(null, home), IsForced = true, RetryTimeout = TimeSpan.Zero };
        using var runs = new RegisteredRuns(options, clock, () => 0.5, _ => null, logger);
        await runs.RenewAsync(0, store, name, CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
        return runs.Outcomes.Single();
    }

    public void Dispose() => home.Dispose();
}
