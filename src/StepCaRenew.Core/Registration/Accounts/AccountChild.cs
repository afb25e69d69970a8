using System.Text;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration.Accounts;

/// <summary>
/// The process that root started as another account: it runs the renewals of that account as any process of the account would,
/// and writes its events and outcomes as lines.
/// </summary>
/// <param name="output">Takes the lines.</param>
/// <param name="moduleFolder">Where the module is.</param>
/// <param name="random">Gives numbers in [0, 1) for the jitter of retries.</param>
/// <param name="onFailure">Called if the run fails unexpectedly: root waits for its outcome.</param>
internal sealed class AccountChild(Stream output, string moduleFolder, Func<double> random, Action<Exception> onFailure) : IEventSink, IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly SemaphoreSlim asking = new(1);
    private readonly object gate = new();
    private AccountOrder? order;
    private Task? running;
    private TaskCompletionSource<bool>? question;

    /// <summary>Takes a line of root: the order first, then the answers to the questions.</summary>
    /// <param name="line">The line.</param>
    public void Read(string line)
    {
        if (running is not null)
        {
            question?.TrySetResult(line == "yes");
            return;
        }

        order = AccountOrder.Parse(line);
        running = Task.Run(() => RunOrFailAsync(order, stop.Token));
    }

    /// <summary>The input has ended: root has read the last line, or has cancelled.</summary>
    /// <returns>The exit code.</returns>
    public int Finish()
    {
        stop.Cancel();
        try
        {
            running?.GetAwaiter().GetResult();
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 1;
        }
    }

    /// <inheritdoc/>
    public bool Shows(EventLevel level) => level > EventLevel.Debug || order!.ShowsDebug;

    /// <inheritdoc/>
    public void Show(EventLevel level, string message) => Write(new AccountAnswer { Level = level, Text = message });

    /// <inheritdoc/>
    public void Dispose()
    {
        stop.Dispose();
        asking.Dispose();
    }

    private async Task RunOrFailAsync(AccountOrder order, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(order, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            onFailure(e);
        }
    }

    private async Task RunAsync(AccountOrder order, CancellationToken cancellationToken)
    {
        using var runs = new RegisteredRuns(OptionsOf(order), TimeProvider.System, random, CaSettingsResolver.FromProcess, new CallLog(this));
        var store = new DefinitionStore(RenewalFolders.ForScope(order.Scope, CaSettingsResolver.FromProcess));
        var limit = new ParallelOptions { MaxDegreeOfParallelism = order.ThrottleLimit, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(order.Names.Select((name, index) => (Name: name, Index: index)), limit, async (one, stopping) =>
        {
            EventSubject.Name = order.IsBatch ? one.Name : null;
            await runs.RenewAsync(one.Index, store, one.Name, stopping).ConfigureAwait(false);
        }).ConfigureAwait(false);
        runs.RefuseOthers();
        await runs.ActAsync(cancellationToken).ConfigureAwait(false);
        await runs.FinishAsync(cancellationToken).ConfigureAwait(false);
        foreach (var outcome in runs.Outcomes)
        {
            if (outcome.Refusal is { } refusal)
                Write(new AccountAnswer { Name = outcome.Name, Error = AccountError.FromError(refusal) });
            foreach (var run in outcome.Runs)
                Write(new AccountAnswer { Name = outcome.Name, Result = AccountResult.FromResult(run.Result, isOneOfSeveral: outcome.Renewal?.Definition.Certificates is not null), Error = AccountError.FromError(run.Error) });
        }

        foreach (var error in runs.ActionErrors)
            Write(new AccountAnswer { Error = AccountError.FromError(error) });
        Write(new AccountAnswer { IsEnd = true });
    }

    private RegisteredRunOptions OptionsOf(AccountOrder order) => new()
    {
        Module = new RunningModule(order.PwshPath, moduleFolder),
        IsForced = order.IsForced,
        IsScheduled = order.IsScheduled,
        IsWhatIf = order.IsWhatIf,
        LockTimeout = order.LockTimeout,
        RetryTimeout = order.RetryTimeout,
        ActionTimeout = order.ActionTimeout,
        Host = new ActionHost { WorkingDirectory = "/", PwshPath = order.PwshPath },
        ApproveAsync = AskAsync,
    };

    // Root asks the user, for root has the terminal.
    private async Task<bool> AskAsync(RenewalPlan plan, CancellationToken cancellationToken)
    {
        await asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            question = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            Write(new AccountAnswer { Text = plan.CertificatePath, Action = plan.Action });
            return await question.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            asking.Release();
        }
    }

    private void Write(AccountAnswer answer)
    {
        var line = Encoding.ASCII.GetBytes(answer.Render() + "\n");
        lock (gate)
        {
            output.Write(line);
            output.Flush();
        }
    }
}
