using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Crash;

/// <summary>One pair in a store of its own, and the runs that end or are disturbed at one of their points.</summary>
internal abstract class CrashScene : IDisposable
{
    /// <summary>The next run: nothing is due, so it only checks and recovers.</summary>
    public RenewalRequest NextRun => Request(rekey: false) with { Rule = RenewalRule.Default };

    /// <summary>Everything in the place besides the pair and its lock.</summary>
    public abstract IReadOnlyList<string> Leftovers { get; }

    public static CrashScene Create(ITestCa ca, IssuedPair issued, CrashLayout layout) =>
        layout == CrashLayout.Memory ? new MemoryScene(ca, issued) : new FileScene(ca, issued, layout);

    public abstract RenewalRequest Request(bool rekey);

    /// <summary>The same content with the same rights once more, in another place.</summary>
    public abstract CrashScene Copy();

    /// <summary>Runs, and dies at the n-th point; 0 for never.</summary>
    public abstract Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int dieAt);

    /// <summary>Runs; another program acts right before the n-th point.</summary>
    public abstract Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, int at, Action other);

    /// <summary>Puts another pair there, as another program does.</summary>
    public abstract void Deploy(IssuedPair theirs);

    /// <summary>The serial number of the certificate in place, which matches its key.</summary>
    public abstract string Serial();

    /// <summary>A whole pair, old or new, with the rights of the old one, and nothing besides but the lock.</summary>
    /// <returns>True for the new one.</returns>
    public abstract bool AssertWhole(string when);

    public abstract void Dispose();
}
