using System.Management.Automation;
using Microsoft.Extensions.Logging;
using StepCaRenew.Actions;
using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets;

/// <summary>Who is told how it went: the pipeline, after the actions where there are any; a log; a monitor.</summary>
public sealed partial class InvokeStepRenewalCommand
{
    private readonly Outbox outbox = new();
    private HealthCheck? healthCheck;

    /// <inheritdoc/>
    protected override void Report(ErrorRecord problem) => Report(null, problem);

    // An error may end the call (-ErrorAction Stop), and so may a result (Select-Object -First): what is owed comes first.
    private void Report(RenewalResult? result, ErrorRecord? error)
    {
        outbox.Add(result, error, mustWait: result?.ActionsPending == true || (error is not null && healthCheck is not null));
        if (!outbox.IsWaiting)
            Send();
    }

    private void Finish()
    {
        if (outbox.IsWaiting)
        {
            var (results, errors) = pump.Run(stopping => engine!.ActAsync(outbox.Results, template!.Actions, host, stopping));
            outbox.Replace(results, errors.Select(error => ErrorRecords.From(error, null)));
        }

        if (healthCheck is not null && outbox.CanTell)
            Serve(stopping => healthCheck.PingAsync(outbox.ErrorIds, stopping));
        Send();
    }

    private void Send()
    {
        foreach (var (result, error) in outbox.Take())
        {
            if (result is not null)
                WriteObject(result);
            if (error is not null)
                WriteError(error);
        }
    }

    private ILogger MakeLogger(string? logPath)
    {
        var pipeline = new PipelineLogger(this, pump);
        return logPath is null ? pipeline : new TeeLogger(pipeline, new JsonLogger(logPath, TimeProvider.System, pipeline));
    }
}
