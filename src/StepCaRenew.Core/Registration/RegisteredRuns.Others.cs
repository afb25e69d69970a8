using StepCaRenew.Accounts;
using StepCaRenew.Logging;
using StepCaRenew.Registration.Accounts;
using StepCaRenew.Text;

namespace StepCaRenew.Registration;

/// <summary>The renewals of other accounts: one process for all renewals of an account runs them, as that account.</summary>
internal sealed partial class RegisteredRuns
{
    private readonly List<OtherRenewal> others = [];

    /// <summary>The accounts of the renewals that this process must not run itself.</summary>
    public IReadOnlyList<string> OtherAccounts
    {
        get
        {
            lock (others)
                return [.. others.Select(other => other.Account).Distinct()];
        }
    }

    /// <summary>Runs all renewals of another account, with their actions, states and monitors, in a process of that account; skips them if that is not possible.</summary>
    /// <param name="account">One of <see cref="OtherAccounts"/>.</param>
    /// <param name="cancellationToken">Ends that process, when its files are whole.</param>
    /// <returns>How many renewals the account has in this call.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public async Task<int> RenewAsOtherAsync(string account, CancellationToken cancellationToken)
    {
        List<OtherRenewal> mine;
        lock (others)
            mine = [.. others.Where(other => other.Account == account).OrderBy(other => other.Position)];
        // Each place of definitions has names of its own.
        foreach (var group in mine.GroupBy(other => other.Store.Folders.Definitions))
            await RenewAsOtherAsync([.. group], cancellationToken).ConfigureAwait(false);
        return mine.Count;
    }

    /// <summary>Refuses what would have to run as other accounts: a process that was started as an account starts none as another one.</summary>
    internal void RefuseOthers()
    {
        foreach (var other in others)
            Refuse(other, RunAccount.Other(other.Definition, $"this process runs as '{AccountName.Current}'"));
    }

    private void Defer(OtherRenewal other)
    {
        lock (others)
            others.Add(other);
    }

    private async Task RenewAsOtherAsync(List<OtherRenewal> mine, CancellationToken cancellationToken)
    {
        var outcomes = new OtherOutcomes(mine, logger, options.ApproveAsync);
        try
        {
            await OtherAccountRun.RunAsync(mine, options, outcomes, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.OtherAccount)
        {
            foreach (var other in mine)
                Refuse(other, RunAccount.Other(other.Definition, e.Message, e.Remedy));
            return;
        }
        catch (RenewalException e)
        {
            outcomes.Failure = e;
        }
        // Whatever goes wrong with the process of one account, the other renewals of this call get their results.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            outcomes.Failure = OtherOutcomes.Failed(mine[0].Account, $"could not be served: {PlainText.Strip(e.Message)}", e);
        }

        foreach (var other in mine)
            Add(other.Position, outcomes.For(other));
        lock (others)
            actionErrors = [.. actionErrors, .. outcomes.ActionErrors];
    }

    // A renewal that is named, or that a scheduler runs, must not pass for a success.
    private void Refuse(OtherRenewal other, RenewalException error)
    {
        if (options.IsScheduled || options.IsNamed(other.Definition.Name))
            Add(other.Position, new RegisteredOutcome(other.Store, other.Definition.Name, null, logger, [], error) { IsElsewhere = true });
        else
            TaskLog.Skipped(logger, other.Definition.Name, error.Message, error.Remedy);
    }
}
