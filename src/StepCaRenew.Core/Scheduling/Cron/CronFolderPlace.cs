using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>A file in cron's folder, for a renewal of the machine.</summary>
internal sealed class CronFolderPlace(LinuxPaths paths, string name, TimeProvider clock) : ICronPlace
{
    private readonly ScheduleFile file = new(Path.Combine(paths.CronFolder, FileNameOf(name)), RenewalScope.Machine, paths.Root);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>?>(file.Exists ? (file.Read() ?? string.Empty).Split('\n') : null);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken) => Task.FromResult(Differences(run));

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken) =>
        CronVariables.Parse(await ReadAsync(cancellationToken).ConfigureAwait(false) ?? []);

    /// <inheritdoc/>
    public Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        file.RequireOursOrMissing();
        file.Write(CronFile.Render(run));
        TellCron();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken)
    {
        file.RequireOursOrMissing();
        file.Delete();
        TellCron();
        return Task.CompletedTask;
    }

    /// <summary>
    /// The file name of a renewal. Debian's cron ignores names with anything but letters, digits, <c>_</c> and <c>-</c>; so a dot
    /// becomes <c>_2e</c>, and an underscore <c>_5f</c>, so that no two names become the same.
    /// </summary>
    internal static string FileNameOf(string renewal) =>
        "stepcarenew-" + renewal.Replace("_", "_5f", StringComparison.Ordinal).Replace(".", "_2e", StringComparison.Ordinal);

    // Debian's cron reads the folder again if its time has changed, by whole seconds: it would miss a change in the second in
    // which it has just read the folder. A time one second in the future prevents that.
    private void TellCron()
    {
        try
        {
            Directory.SetLastWriteTimeUtc(paths.CronFolder, clock.GetUtcNow().UtcDateTime.AddSeconds(1));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file is in place; cron misses it only in that one second.
        }
    }

    private IReadOnlyList<string> Differences(ScheduledRun run)
    {
        if (!file.IsOurs)
            return [file.LinkTarget is { } target ? $"'{file.Path}' is a link to '{target}', which cron ignores." : $"'{file.Path}' was not written by this module."];
        var found = file.Read()!;
        return
        [
            .. LineDifferences.Between(file.Path, CronFile.Render(run).Split('\n'), found.Split('\n')),
            .. found.EndsWith('\n') ? [] : new[] { $"{file.Path}: the last line has no line end, so cron ignores the file." },
            .. file.RightsDifferences(),
        ];
    }
}
