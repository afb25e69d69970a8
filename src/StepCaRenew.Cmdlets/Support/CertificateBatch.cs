using StepCaRenew.Logging;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>The work of one call on many certificates, several at once; one that fails does not stop the others.</summary>
/// <param name="cmdlet">The cmdlet, which reports failures.</param>
/// <param name="work">Runs the work.</param>
/// <param name="progress">The progress bar.</param>
/// <param name="names">The names that messages begin with.</param>
/// <param name="onDone">Receives the outcome for a certificate file and the name that its messages begin with; on the pipeline thread.</param>
internal sealed class CertificateBatch<T>(StepCmdlet cmdlet, WorkBatch work, BatchProgress progress, BatchNames names, Action<CertificateInput, string?, T> onDone) : IDisposable
    where T : class
{
    /// <summary>Whether no more work is started.</summary>
    public bool IsEnding => work.IsEnding;

    /// <summary>Starts the work on files, each as soon as the limit allows it.</summary>
    /// <param name="inputs">The files.</param>
    /// <param name="run">Does the work for a certificate file; on the thread pool.</param>
    public void Add(IReadOnlyList<CertificateInput> inputs, Func<string, CancellationToken, Task<T>> run)
    {
        progress.Expect(inputs.Count);
        names.Add(inputs);
        foreach (var input in inputs)
        {
            var name = names.For(input.Path);
            work.Start(stopping => RunAsync(input, name, run, stopping), outcome => Finish(input, name, outcome));
            if (work.IsEnding)
                return;
        }
    }

    /// <summary>Waits until all started work has ended.</summary>
    public void Drain() => work.Drain();

    /// <summary>Starts no more work.</summary>
    public void End() => work.End();

    /// <inheritdoc/>
    public void Dispose()
    {
        work.Dispose();
        progress.Dispose();
    }

    private static async Task<Outcome> RunAsync(CertificateInput input, string? name, Func<string, CancellationToken, Task<T>> run, CancellationToken stopping)
    {
        EventSubject.Name = name;
        try
        {
            stopping.ThrowIfCancellationRequested();
            return !input.IsCertain && !CertificateFolder.IsLeaf(input.Path)
                ? new Outcome(IsCertificate: false, default, null)
                : new Outcome(IsCertificate: true, await run(input.Path, stopping).ConfigureAwait(false), null);
        }
        catch (RenewalException e)
        {
            return new Outcome(input.IsCertain, default, e);
        }
    }

    private void Finish(CertificateInput input, string? name, Outcome outcome)
    {
        progress.Done(outcome.IsCertificate);
        if (outcome.Error is { } error)
            cmdlet.Report(ErrorRecords.From(error, input.Path, name));
        else if (outcome.IsCertificate)
            onDone(input, name, outcome.Value!);
        input.Source.Done(outcome.IsCertificate);
    }

    // A class: generic code over a struct of this module would be compiled again in every process.
    private sealed record Outcome(bool IsCertificate, T? Value, RenewalException? Error);
}

/// <summary>
/// The short names of the certificates of a batch, for messages: the name of the file, with as many of its folders as are
/// needed to distinguish it from other files of the batch.
/// </summary>
/// <param name="isOpenEnded">Whether more can come through the pipeline: then the first certificate already belongs to a batch.</param>
internal sealed class BatchNames(bool isOpenEnded)
{
    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private readonly Dictionary<string, SameName> names = new(StringComparer.OrdinalIgnoreCase);
    private int count;

    /// <summary>Adds files that are worked on next.</summary>
    public void Add(IReadOnlyList<CertificateInput> inputs)
    {
        count += inputs.Count;
        foreach (var path in inputs.Select(input => input.Path))
        {
            var name = NameOf(path);
            if (!names.TryGetValue(name, out var same))
                names[name] = same = new SameName();
            same.Add(path);
        }
    }

    /// <summary>The name for the full path of a file; null if the call is not a batch.</summary>
    public string? For(string path) =>
        count < 2 && !isOpenEnded ? null : names.TryGetValue(NameOf(path), out var same) ? Tail(path, same.Depth) : path;

    private static string NameOf(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));

    // The last parts of a path.
    private static string Tail(string path, int parts)
    {
        path = Path.TrimEndingDirectorySeparator(path);
        var start = path.Length;
        for (; parts > 0 && start > 0; parts--)
            start = path.LastIndexOfAny(Separators, start - 1);
        return start <= 0 ? path : path[(start + 1)..];
    }

    // The files of one name.
    private sealed class SameName
    {
        private readonly HashSet<string> paths = new(StringComparer.Ordinal);
        private int depth;

        /// <summary>How many parts of their paths distinguish these files.</summary>
        public int Depth
        {
            get
            {
                var longest = depth > 0 ? 0 : paths.Max(path => path.Split(Separators).Length);
                while (depth == 0 || (depth < longest && paths.DistinctBy(path => Tail(path, depth)).Count() < paths.Count))
                    depth++;
                return depth;
            }
        }

        public void Add(string path)
        {
            if (paths.Add(path))
                depth = 0;
        }
    }
}
