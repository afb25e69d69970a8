using StepCaRenew.Inspection;
using StepCaRenew.Logging;

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
