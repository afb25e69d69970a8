namespace StepCaRenew.Actions;

/// <summary>Runs the call's script block, in its session.</summary>
/// <param name="Text">The script block's text, which tells it from another one.</param>
public sealed record ScriptBlockAction(string Text) : ActionDefinition
{
    /// <inheritdoc/>
    public override string Description => "Running the script block";

    /// <inheritdoc/>
    internal override IReadOnlyList<string> Identity => ["scriptblock", Text];

    /// <inheritdoc/>
    internal override async Task RunAsync(ActionContext context, CancellationToken cancellationToken)
    {
        if (context.Host.ScriptBlocks is not { } runner)
            throw ActionErrors.Failed(this, "there is no session to run it in.");
        var (output, failure) = await runner.RunAsync(context.Results).ConfigureAwait(false);
        Logging.ActionLog.Output(context.Logger, Description, OutputCleaner.Clean(output));
        if (failure is not null)
            throw ActionErrors.Failed(this, OutputCleaner.Clean(failure), publicReason: "it failed.");
    }
}
