using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Cron;

/// <summary>Lines of the user's crontab, for a renewal of the user.</summary>
internal sealed class CrontabPlace(LinuxPaths paths, string name, TimeProvider clock) : ICronPlace
{
    private readonly UserCrontab crontab = new(paths, clock);
    private readonly CrontabBlock block = new(name);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>?> ReadAsync(CancellationToken cancellationToken) =>
        block.Find(await crontab.ReadAsync(cancellationToken).ConfigureAwait(false))?.Select(UserCrontab.Decode).ToList();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> DifferencesAsync(ScheduledRun run, CancellationToken cancellationToken)
    {
        var (expected, found) = (block.Render(run), await ReadAsync(cancellationToken).ConfigureAwait(false) ?? []);
        return
        [
            .. LineDifferences.Between("crontab", expected, found),
            .. new[] { expected[0], expected[^1] }.Except(found).Select(marker => $"crontab: the comment '{marker}' is missing."),
        ];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> VariablesAsync(CancellationToken cancellationToken) =>
        CronVariables.Parse((await crontab.ReadAsync(cancellationToken).ConfigureAwait(false)).Split('\n').Select(UserCrontab.Decode));

    /// <inheritdoc/>
    public async Task WriteAsync(ScheduledRun run, CancellationToken cancellationToken) =>
        await ReplaceAsync(block.Render(run).Select(UserCrontab.Encode).ToArray(), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task DeleteAsync(CancellationToken cancellationToken) => ReplaceAsync([], cancellationToken);

    private async Task ReplaceAsync(string[] lines, CancellationToken cancellationToken)
    {
        var former = await crontab.ReadAsync(cancellationToken).ConfigureAwait(false);
        await crontab.WriteAsync(block.Replace(former, lines), cancellationToken).ConfigureAwait(false);
    }
}
