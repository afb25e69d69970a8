using StepCaRenew.Certificates;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>One call's work on many certificates, several at once; a certificate's failure is its own.</summary>
/// <param name="cmdlet">The cmdlet, which is told of failures.</param>
/// <param name="pump">The way to its thread.</param>
/// <param name="limit">How many are worked on at once.</param>
/// <param name="progress">Told of each that is done.</param>
/// <param name="take">Takes in the outcome for a certificate file; on the pipeline thread, in the order of completion.</param>
internal sealed class CertificateBatch<T>(StepCmdlet cmdlet, PipelinePump pump, int limit, BatchProgress progress, Action<string, T> take) : IDisposable
    where T : class
{
    private readonly WorkBatch batch = new(pump, limit);

    /// <summary>Whether nothing is begun any more.</summary>
    public bool IsEnding => batch.IsEnding;

    /// <summary>Starts the work on files, each as soon as there is room for it.</summary>
    /// <param name="inputs">The files.</param>
    /// <param name="work">Does the work for a certificate file; on the thread pool.</param>
    public void Add(IReadOnlyList<CertificateInput> inputs, Func<string, CancellationToken, Task<T>> work)
    {
        progress.Expect(inputs.Count);
        foreach (var input in inputs)
        {
            batch.Start(stopping => RunAsync(input, work, stopping), outcome => Take(input, outcome));
            if (batch.IsEnding)
                return;
        }
    }

    /// <summary>Waits for all that was started.</summary>
    public void Drain() => batch.Drain();

    /// <summary>Begins nothing any more.</summary>
    public void End() => batch.End();

    /// <inheritdoc/>
    public void Dispose() => batch.Dispose();

    private static async Task<Outcome> RunAsync(CertificateInput input, Func<string, CancellationToken, Task<T>> work, CancellationToken stopping)
    {
        try
        {
            stopping.ThrowIfCancellationRequested();
            return !input.IsCertain && !CertificateFolder.IsLeaf(input.Path)
                ? new Outcome(IsCertificate: false, default, null)
                : new Outcome(IsCertificate: true, await work(input.Path, stopping).ConfigureAwait(false), null);
        }
        catch (RenewalException e)
        {
            return new Outcome(input.IsCertain, default, e);
        }
    }

    private void Take(CertificateInput input, Outcome outcome)
    {
        progress.Done(outcome.IsCertificate);
        if (outcome.Error is { } error)
            cmdlet.Report(ErrorRecords.From(error, input.Path));
        else if (outcome.IsCertificate)
            take(input.Path, outcome.Value!);
        input.Source.Done(outcome.IsCertificate);
    }

    // A class, as T is one: what the platform's own types do with a struct of ours is compiled in every run anew.
    private sealed record Outcome(bool IsCertificate, T? Value, RenewalException? Error);
}
