using StepCaRenew.Monitoring;
using StepCaRenew.Permissions;

namespace StepCaRenew.Registration;

/// <summary>The metrics of registered renewals.</summary>
internal sealed partial class RegisteredRuns
{
    private readonly List<RenewalException> metricErrors = [];

    // After the state, from which they follow; a failure stops nothing.
    private async Task WriteMetricsAsync(RegisteredOutcome outcome, RenewalState state, CancellationToken cancellationToken)
    {
        if (state.MetricsPath is not { } path)
            return;
        try
        {
            var file = new MetricFile(path, clock);
            var error = await CallMetrics.WriteAsync(file, outcome.Logger, () => outcome.Renewal is { Definition: var definition }
                ? file.ReplaceAsync(RenewalMetrics.FromState(outcome.Name, definition.CertificatePath, state, definition.Interval), one => one.Name == outcome.Name, cancellationToken)
                : file.ChangeAsync(present => RenewalMetrics.Refuse(present, outcome.Name, state), cancellationToken)).ConfigureAwait(false);
            if (error is not null)
                metricErrors.Add(error);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.MetricsPathInvalid)
        {
            // A damaged state; the definition has no such path.
        }
    }

    // Nothing of a refused definition is used, so the file is the one of the last run that was not refused. Only this account
    // can have written that, or root would write files where another account says. This is checked before the state is written
    // again.
    private static string? FindMetrics(RegisteredOutcome outcome, RenewalState before, StateStore states)
    {
        if (outcome.Renewal is { } renewal)
            return renewal.Definition.MetricsPath;
        if (before.MetricsPath is null)
            return null;
        try
        {
            SafetyCheck.RequireSafeDefinition([new GuardedPath(states.PathOf(outcome.Name), "the state")], TrustedAccounts.ForThisProcess());
            return before.MetricsPath;
        }
        catch (RenewalException)
        {
            return null;
        }
    }
}
