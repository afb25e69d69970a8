using StepCaRenew.Logging;
using StepCaRenew.Processes;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>Runs the script block of the call in the caller's session.</summary>
/// <param name="Text">The text, which identifies the script block.</param>
internal sealed record ScriptBlockAction(string Text) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => "script block";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["scriptblock", Text];

    /// <inheritdoc/>
    internal override async Task RunAsync(ActionContext context, CancellationToken cancellationToken)
    {
        if (context.Host.ScriptBlocks is not { } runner)
            throw ActionErrors.Failed(this, "there is no session to run it in.");
        var (output, failure) = await runner.RunAsync(context.Results).ConfigureAwait(false);
        ActionLog.Output(context.Logger, Description, OutputCleaner.Clean(output));
        if (failure is not null)
            throw ActionErrors.Failed(this, OutputCleaner.Clean(failure), publicReason: "it threw an exception.");
    }
}
