using System.Management.Automation;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;
using StepCaRenew.Registration;
using StepCaRenew.Renewal;

namespace StepCaRenew.Cmdlets;

/// <summary>Where the outcome goes: the pipeline, after the actions if there are any; a log; a monitor.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    private readonly Outbox outbox = new();
    private readonly SharedCauses causes = new();
    private readonly RegisteredCertificates registrations = new(CaSettingsResolver.FromProcess);
    private readonly BatchSummary summary = new();
    private CallLog? log;
    private HealthCheck? healthCheck;
    private CallNotices? notices;
    private CallMetrics? metrics;
    private RenewalCall? call;
    private PlanEvents? planned;

    /// <inheritdoc/>
    protected internal override void Report(ErrorRecord problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (problem.Exception is RenewalException error)
        {
            log?.Refused(problem.TargetObject as string ?? string.Empty, error);
            notices?.Record(problem.TargetObject as string ?? string.Empty, error);
            // A folder or a pattern without a certificate has no result, only an error.
            if (error.ErrorId != ErrorId.NoCertificateFound)
                summary.Add(RenewalStatus.Failed);
        }

        Report(null, problem);
    }

    /// <inheritdoc/>
    protected internal override void Refuse(string path, RenewalException problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        log?.Refused(path, problem);
        notices?.Record(path, problem);
        // An input that names one certificate has a result; a folder has none.
        if (problem.ErrorId is not (ErrorId.PathEmpty or ErrorId.NotAFileSystemPath))
        {
            Report(null, ErrorRecords.From(problem, path));
            return;
        }

        Report(new RenewalOutcome(RenewalResult.Refused(path, KeyPath, problem), problem), ErrorRecords.From(problem, path));
    }

    /// <inheritdoc/>
    protected override void OnTerminating(ErrorRecord problem)
    {
        // Work that was started before the error ends regularly.
        if (batch is not null)
            Serve(batch.Drain);
        var error = problem?.Exception as RenewalException;
        if (error is not null)
        {
            log?.Ended(error);
            notices?.Record(string.Empty, error);
        }

        healthCheck?.Record(null, error);
        Finish();
    }

    // An error can end the call (-ErrorAction Stop), and so can a result (Select-Object -First): actions and the monitor
    // come before both.
    private void Report(RenewalOutcome? outcome, ErrorRecord? error)
    {
        if (outcome is not null)
        {
            summary.Add(outcome.Result.Status);
            metrics?.Record(outcome);
        }

        healthCheck?.Record(outcome?.Result, outcome is null ? error?.Exception as RenewalException : outcome.Error);
        outbox.Add(outcome, error, mustWait: outcome?.Result.ActionsPending == true || healthCheck is not null || notices is not null || metrics is not null);
        // The work in progress is cancelled, and its results are written before the error that ends the call.
        if (error is not null && !outbox.IsWaiting && EndingLevels.EndsAtErrors(this))
            batch?.End();
        if (!outbox.IsWaiting && batch?.IsEnding != true)
            Send();
    }

    // The actions of a registered renewal are in its definition, and run with its next run.
    private async Task<RenewalOutcome> RenewAsync(RenewalRequest request, CancellationToken stopping)
    {
        var outcome = await call!.RenewAsync(request, stopping).ConfigureAwait(false);
        if (planned is not null)
            outcome.Result = outcome.Result with { Warnings = planned.For(EventSubject.Name) };
        if (outcome.Result.Status == RenewalStatus.Renewed && registrations.FindName(request.CertificatePath) is { } name)
            log!.Warn($"'{request.CertificatePath}' is registered as '{name}'. This run does not run the actions of the registration; the next run of '{name}' does.");
        return outcome;
    }

    private void NothingFound(string path)
    {
        var error = CertificateInputs.NothingFound(path);
        throw RegisteredHints.For(path) is { } hint ? new RenewalException(error.ErrorId, error.Message, hint) : error;
    }

    // Null if there is no error, or another certificate has reported it for all.
    private ErrorRecord? ErrorOf(CertificateInput input, string? name, RenewalException? error)
    {
        if (error is null || causes.WasReported(error))
            return null;
        var hint = error.ErrorId == ErrorId.FileNotFound && !System.IO.Path.Exists(input.Path) ? RegisteredHints.For(input.Source.Given) : null;
        return ErrorRecords.From(error, input.Path, SharedCauses.IsCausedByCall(error) ? null : name, hint);
    }

    private void Summarise()
    {
        if (summary.Render() is { } line)
            WriteInformation(line, ["StepCaRenew"]);
    }

    private void Finish()
    {
        try
        {
            if (outbox.IsWaiting)
            {
                foreach (var error in Pump.Run(stopping => call!.FollowUpAsync(outbox.Outcomes, host, stopping)))
                {
                    healthCheck?.Record(null, error);
                    outbox.Add(null, ErrorRecords.From(error, null), mustWait: true);
                }
            }

            WriteMetrics();
            Notify();
            if (healthCheck is not null)
                Pump.Run(healthCheck.NotifyAsync);
        }
        finally
        {
            // Actions that were not run are pending, and the results show it.
            Send();
        }
    }

    // After the actions, which can fail too; before the monitor, to which a notifier that failed is reported.
    private void Notify()
    {
        if (notices is null)
            return;
        foreach (var outcome in outbox.Outcomes)
            notices.Record(outcome);
        foreach (var error in Pump.Run(notices.NotifyAsync))
        {
            healthCheck?.Record(null, error);
            outbox.Add(null, ErrorRecords.From(error, null), mustWait: true);
        }
    }

    // After the actions, which can fail too. The monitor hears of renewals only: of missing metrics the alerts tell.
    private void WriteMetrics()
    {
        if (metrics is not null && Pump.Run(metrics.WriteAsync) is { } error)
            outbox.Add(null, ErrorRecords.From(error, null), mustWait: true);
        metrics = null;
    }

    private void Send()
    {
        // The first error can end the call, so all results are written before.
        var items = outbox.Take();
        foreach (var (outcome, _) in items)
        {
            if (outcome is not null)
                Write(outcome.Result);
        }

        foreach (var (_, error) in items)
        {
            if (error is not null)
                WriteError(error);
        }

        Pump.RunLate();
    }

    private void Write(RenewalResult result) => WriteObject(Shown.For(result));

    private CallLog NewLog()
    {
        var pipeline = new PipelineEvents(this, Pump, new EndingLevels(this));
        if (!Plan)
            return new CallLog(pipeline);
        planned = new PlanEvents(pipeline);
        return new CallLog(planned);
    }

    private void PrepareReporting()
    {
        log = NewLog();
        try
        {
            if (LogPath is not null && !Plan)
                log = log.WithFile(FullPath(LogPath), TimeProvider.System);
            if (ReadActionTimeout() is { } timeout)
                host = host with { Timeout = timeout };
        }
        finally
        {
            call = new RenewalCall(TimeProvider.System, Random.Shared.NextDouble, CaSettingsResolver.FromProcess, log);
            if (MetricsPath is not null && !ChangesNothing)
                metrics = new CallMetrics(MetricFile.RequireValid(FullPath(MetricsPath)), TimeProvider.System, log);
            if (HealthCheckUri is not null)
                PrepareMonitor(new HealthCheck(HealthCheckUri, host.Timeout, log));
            if (OnFailure.Length > 0 && !ChangesNothing)
                PrepareNotices(ReadHost());
        }
    }

    // A notifier that cannot run ends the call before anything is done, and only the others can report that.
    private void PrepareNotices(ActionHost actions) =>
        notices = new CallNotices([.. ReadNotifiers().Where(notifier => CanRun(notifier.Action, actions))], actions, TimeProvider.System, CaSettingsResolver.FromProcess, log!);

    private static bool CanRun(ActionDefinition action, ActionHost actions)
    {
        try
        {
            action.RequireRunnable(actions);
            return true;
        }
        catch (RenewalException)
        {
            return false;
        }
    }

    // With -WhatIf nothing is done that a monitor should know.
    private void PrepareMonitor(HealthCheck monitor)
    {
        if (ChangesNothing)
            monitor.Dispose();
        else
            healthCheck = monitor;
    }
}
