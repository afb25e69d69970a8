using StepCaRenew.Inspection;
using StepCaRenew.Logging;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>One call's work on many certificates, several at once; a certificate's failure is its own.</summary>
/// <param name="cmdlet">The cmdlet, which is told of failures.</param>
/// <param name="work">Runs the work.</param>
/// <param name="progress">Told of each that is done.</param>
/// <param name="names">The names that the messages begin with.</param>
/// <param name="take">Takes in the outcome for a certificate file, and the name that a message about it begins with; on the pipeline thread.</param>
internal sealed class CertificateBatch<T>(StepCmdlet cmdlet, WorkBatch work, BatchProgress progress, BatchNames names, Action<CertificateInput, string?, T> take) : IDisposable
    where T : class
{
    /// <summary>Whether nothing is begun any more.</summary>
    public bool IsEnding => work.IsEnding;

    /// <summary>Starts the work on files, each as soon as there is room for it.</summary>
    /// <param name="inputs">The files.</param>
    /// <param name="run">Does the work for a certificate file; on the thread pool.</param>
    public void Add(IReadOnlyList<CertificateInput> inputs, Func<string, CancellationToken, Task<T>> run)
    {
        progress.Expect(inputs.Count);
        names.Add(inputs);
        foreach (var input in inputs)
        {
            var name = names.Of(input.Path);
            work.Start(stopping => RunAsync(input, name, run, stopping), outcome => Take(input, name, outcome));
            if (work.IsEnding)
                return;
        }
    }

    /// <summary>Waits for all that was started.</summary>
    public void Drain() => work.Drain();

    /// <summary>Begins nothing any more.</summary>
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

    private void Take(CertificateInput input, string? name, Outcome outcome)
    {
        progress.Done(outcome.IsCertificate);
        if (outcome.Error is { } error)
            cmdlet.Report(ErrorRecords.From(error, input.Path, name));
        else if (outcome.IsCertificate)
            take(input, name, outcome.Value!);
        input.Source.Done(outcome.IsCertificate);
    }

    // A class, as T is one: what the platform's own types do with a struct of ours is compiled in every run anew.
    private sealed record Outcome(bool IsCertificate, T? Value, RenewalException? Error);
}
