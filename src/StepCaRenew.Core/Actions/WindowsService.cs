using StepCaRenew.Logging;

namespace StepCaRenew.Actions;

/// <summary>
/// Services of Windows, by a PowerShell of its own: Restart-Service knows dependent services, and one that hangs can be
/// ended. Not verified on Windows.
/// </summary>
internal static class WindowsService
{
    private const int NotRunning = 3;
    private const string Variable = "STEPCARENEW_SERVICE";

    // The name goes by the environment, so that no character in it can be code.
    private const string Script = $$"""
        $ErrorActionPreference = 'Stop'
        $service = Get-Service | Where-Object { $env:{{Variable}} -in $_.Name, $_.DisplayName } | Select-Object -First 1
        if (-not $service -or $service.Status -ne 'Running') { exit 3 }
        try { Restart-Service -InputObject $service -Force }
        catch { [Console]::Error.WriteLine($_.Exception.Message); exit 1 }
        """;

    public static async Task RestartAsync(ServiceAction action, ActionContext context, CancellationToken cancellationToken)
    {
        var named = context with { Variables = new Dictionary<string, string?>(context.Variables) { [Variable] = action.Name } };
        var (code, output) = await ChildProcess.RunAsync(
            action, ScriptAction.Pwsh(context.Host), ["-NoProfile", "-NonInteractive", "-NoLogo", "-Command", Script], named, cancellationToken).ConfigureAwait(false);
        if (code == NotRunning)
            ActionLog.PassedOver(context.Logger, action.Name);
        else if (code != 0)
            throw ActionErrors.Failed(action, OutputCleaner.LastLine(output));
    }
}
