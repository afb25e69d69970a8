namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The state of a timer in the service manager.</summary>
internal static class TimerState
{
    private const string Properties = "LoadState,UnitFileState,ActiveState,NeedDaemonReload";

    /// <summary>A sentence for each problem.</summary>
    public static async Task<IReadOnlyList<string>> DifferencesAsync(SystemdManager manager, string timer, CancellationToken cancellationToken)
    {
        var state = await manager.ShowAsync(timer, Properties, cancellationToken).ConfigureAwait(false);
        string Get(string property) => state.GetValueOrDefault(property, string.Empty);
        var differences = new List<string>();
        if (Get("LoadState") == "masked")
            differences.Add($"{timer}: it is masked.");
        if (Get("UnitFileState") != "enabled")
            differences.Add($"{timer}: it is not enabled ({(Get("UnitFileState") is { Length: > 0 } found ? found : "unknown to systemd")}), so it does not run after the next boot.");
        if (Get("ActiveState") != "active")
            differences.Add($"{timer}: it is not active ({Get("ActiveState")}), so it does not run now.");
        if (Get("NeedDaemonReload") == "yes")
            differences.Add($"{timer}: systemd has not read the present file (systemctl daemon-reload).");
        return differences;
    }
}
