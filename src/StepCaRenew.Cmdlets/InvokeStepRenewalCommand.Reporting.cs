using System.Management.Automation;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Logging;
using StepCaRenew.Monitoring;

namespace StepCaRenew.Cmdlets;

/// <summary>Who is told how it went: the pipeline, after the actions where there are any; a log; a monitor.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    private readonly Outbox outbox = new();
    private readonly SharedCauses causes = new();
    private readonly BatchSummary summary = new();
    private CallLog? log;
    private HealthCheck? healthCheck;

    /// <inheritdoc/>
    protected internal override void Report(ErrorRecord problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (problem.Exception is RenewalException error)
        {
            log?.Refused(problem.TargetObject as string ?? string.Empty, error);
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
        // An input that means one certificate has a result of its own; a folder has none.
        if (problem.ErrorId is not (ErrorId.PathEmpty or ErrorId.NotAFileSystemPath))
        {
            Report(null, ErrorRecords.From(problem, path));
            return;
        }

        Report(RenewalResult.Refused(path, KeyPath, problem), ErrorRecords.From(problem, path));
    }

    /// <inheritdoc/>
    protected override void OnTerminating(ErrorRecord problem)
    {
        // What was begun before it is not its fault.
        if (batch is not null)
            Serve(batch.Drain);
        if (problem?.Exception is RenewalException error)
            log?.Ended(error);
        outbox.Note(problem);
        Finish();
    }

    // An error may end the call (-ErrorAction Stop), and so may a result (Select-Object -First): what is owed comes
    // first, be it an action or the word to a monitor.
    private void Report(RenewalResult? result, ErrorRecord? error)
    {
        if (result is not null)
            summary.Add(result.Status);
        outbox.Add(result, error, mustWait: result?.ActionsPending == true || healthCheck is not null);
        // What is under way ends, and its results come before the error that they could not come after.
        if (error is not null && !outbox.IsWaiting && EndingLevels.EndsAtErrors(this))
            batch?.End();
        if (!outbox.IsWaiting && batch?.IsEnding != true)
            Send();
    }

    private void NothingFound(string path)
    {
        var error = CertificateInputs.NothingFound(path);
        throw RegisteredHints.For(path) is { } hint ? new RenewalException(error.ErrorId, error.Message, hint) : error;
    }

    // Null where there is none, or where another certificate has reported it for all.
    private ErrorRecord? ErrorOf(CertificateInput input, string? name, RenewalException? error)
    {
        if (error is null || causes.WasReported(error))
            return null;
        var hint = error.ErrorId == ErrorId.FileNotFound && !System.IO.Path.Exists(input.Path) ? RegisteredHints.For(input.Source.Given) : null;
        return ErrorRecords.From(error, input.Path, SharedCauses.IsOfTheCall(error) ? null : name, hint);
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
            if (outbox.IsWaiting && outbox.Results.Count > 0)
            {
                var (results, errors) = pump.Run(stopping => engine!.ActAsync(outbox.Results, template!.Actions, host, stopping));
                outbox.Replace(results, errors.Select(error => ErrorRecords.From(error, null)));
            }

            if (healthCheck is not null && outbox.CanTell)
                Serve(stopping => healthCheck.PingAsync(outbox.ErrorIds, stopping));
        }
        finally
        {
            // What can't be done any more is pending, and the results say so.
            Send();
        }
    }

    private void Send()
    {
        // The first error may end the call, so all results come before.
        var items = outbox.Take();
        foreach (var (result, _) in items)
        {
            if (result is not null)
                Write(result);
        }

        foreach (var (_, error) in items)
        {
            if (error is not null)
                WriteError(error);
        }

        pump.RunLate();
    }

    private void Write(RenewalResult result) => WriteObject(Shown.Of(result));

    private void PrepareReporting()
    {
        log = new CallLog(new PipelineEvents(this, pump, new EndingLevels(this)));
        try
        {
            if (LogPath is not null)
                log = log.WithFile(FullPath(LogPath), TimeProvider.System);
            if (ReadActionTimeout() is { } timeout)
                host = host with { Timeout = timeout };
        }
        finally
        {
            if (HealthCheckUri is not null)
                PrepareMonitor(new HealthCheck(HealthCheckUri, host.Timeout, log));
        }
    }

    // A monitor is told what was done. With -WhatIf that is nothing.
    private void PrepareMonitor(HealthCheck monitor)
    {
        if (IsWhatIf())
            monitor.Dispose();
        else
            healthCheck = monitor;
    }

    private bool IsWhatIf() => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var named) ? named : GetVariableValue("WhatIfPreference"));
}
