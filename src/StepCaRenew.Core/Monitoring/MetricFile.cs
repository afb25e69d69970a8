using StepCaRenew.FileSystem;

namespace StepCaRenew.Monitoring;

/// <summary>
/// A file of metrics in the folder that the textfile collector of node_exporter or windows_exporter reads. Several renewals can
/// share one: each run replaces its own metrics under a lock, and keeps those of the others.
/// </summary>
internal sealed class MetricFile
{
    private const string Ending = ".prom";
    private const string Remedy = "Name another file in -MetricsPath, in a folder that the exporter reads and this account can write.";

    // Those of some thousands of certificates.
    private const int MaximumLength = 16 * 1024 * 1024;

    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string path;
    private readonly TimeProvider clock;

    /// <summary>A file.</summary>
    /// <param name="path">Its full path.</param>
    /// <param name="clock">Measures how long the lock is waited for.</param>
    /// <exception cref="RenewalException">No exporter would read it (<see cref="ErrorId.MetricsPathInvalid"/>).</exception>
    public MetricFile(string path, TimeProvider clock) => (this.path, this.clock) = (RequireValid(path), clock);

    /// <summary>Its path.</summary>
    public string FilePath => path;

    /// <summary>Requires the path of a file that an exporter reads: they read no other ending, and one in capitals only on Windows.</summary>
    /// <exception cref="RenewalException">It is not (<see cref="ErrorId.MetricsPathInvalid"/>).</exception>
    public static string RequireValid(string path) =>
        path.EndsWith(Ending, StringComparison.Ordinal) && Path.GetFileName(path).Length > Ending.Length ? path : throw new RenewalException(
            ErrorId.MetricsPathInvalid, $"'{path}' is not a file of metrics: its name does not end with {Ending}.",
            $"Name a file in the folder that the exporter reads, such as '{Path.Combine(path.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(path)! : path, "stepcarenew.prom")}'.");

    /// <summary>Changes the metrics in the file. It is created if it does not exist, and deleted if no metrics are left.</summary>
    /// <param name="change">The metrics that are to be in the file, from those that are there.</param>
    /// <param name="cancellationToken">Ends waiting for the lock.</param>
    /// <exception cref="RenewalException">The file cannot be written (<see cref="ErrorId.MetricsNotWritten"/>); the old one is unchanged.</exception>
    public async Task ChangeAsync(Func<IReadOnlyList<CertificateMetrics>, IEnumerable<CertificateMetrics>> change, CancellationToken cancellationToken)
    {
        try
        {
            using var folders = new OpenFolders();
            var target = FindTarget();
            var (folder, name) = (folders.OpenParent(target), Path.GetFileName(target));
            using var held = await LockAsync(folders, target, cancellationToken).ConfigureAwait(false);
            var next = change(Read(folder, name)).ToList();
            if (next.Count > 0)
                AtomicFile.Replace(folder, name, MetricText.Render(next), isPrivate: false, $".{name}.new");
            else
                folder.Delete(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RenewalException { ErrorId: not ErrorId.MetricsNotWritten })
        {
            // Each platform has another exception for a folder that does not exist.
            var folder = Path.GetDirectoryName(path);
            throw NotWritten(Directory.Exists(folder) ? e.Message.TrimEnd('.') : $"the folder '{folder}' does not exist", (e as RenewalException)?.Remedy ?? Remedy, e);
        }
    }

    /// <summary>Replaces metrics in the file.</summary>
    /// <param name="metrics">The new metrics. An unknown value stays as it is in the file.</param>
    /// <param name="isReplaced">Whether they take the place of these; all others stay.</param>
    /// <inheritdoc cref="ChangeAsync"/>
    public Task ReplaceAsync(IReadOnlyCollection<CertificateMetrics> metrics, Func<CertificateMetrics, bool> isReplaced, CancellationToken cancellationToken) => ChangeAsync(
        present =>
        {
            var earlier = present.ToDictionary(one => (one.Name, one.Path));
            return metrics.Select(one => earlier.TryGetValue((one.Name, one.Path), out var known) ? one.WithUnknownFrom(known) : one)
                .Concat(present.Where(one => !isReplaced(one)));
        },
        cancellationToken);

    // Two runs that read the file at the same time would each lose the metrics of the other.
    private async Task<FileStream?> LockAsync(OpenFolders folders, string target, CancellationToken cancellationToken)
    {
        var name = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.lock");
        for (var start = clock.GetTimestamp(); ;)
        {
            var (outcome, file) = LockFile.TryOpen(folders, name);
            if (outcome != LockOutcome.Held)
                // Without the right to create a lock file there is none to write the metrics, and that error is the clearer one.
                return file;
            if (clock.GetElapsedTime(start) > LockTimeout)
                throw NotWritten($"{LockHolder.Describe(folders, name)} holds the lock '{name}'", "End that process if it hangs; the next run writes the metrics.");
            await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private IReadOnlyList<CertificateMetrics> Read(OpenFolder folder, string name)
    {
        if (folder.Read(name, MaximumLength) is not { } bytes)
            return folder.Exists(name) ? throw NotWritten("it is not a regular file, or larger than 16 MiB") : [];
        return MetricText.Parse(bytes) ?? throw NotWritten("it has the metrics of another program, or is damaged", "Name a file of its own in -MetricsPath, or delete this one.");
    }

    private string FindTarget()
    {
        using var folder = OpenFolder.Follow(Path.GetDirectoryName(path)!);
        return Path.Combine(folder.Path, Path.GetFileName(path));
    }

    private RenewalException NotWritten(string reason, string remedy = Remedy, Exception? e = null) =>
        new(ErrorId.MetricsNotWritten, $"The metrics '{path}' were not written: {reason}.", remedy, e);
}
