using StepCaRenew.Certificates;

namespace StepCaRenew.Stores;

/// <summary>
/// A pair that matches, as a store held it at one moment. The facts that decide about a renewal are read at once; the
/// certificates are decoded when they are needed, which takes longer than all other work on a pair that is not due.
/// </summary>
internal abstract class PairSnapshot(PairFacts facts, PairVersion version) : IDisposable
{
    /// <summary>The facts that decide about a renewal.</summary>
    public PairFacts Facts => facts;

    /// <summary>The version of the pair.</summary>
    public PairVersion Version => version;

    /// <summary>The first certificate of the store, as DER.</summary>
    public abstract ReadOnlyMemory<byte> FirstCertificate { get; }

    /// <summary>The pair, decoded. It belongs to the snapshot.</summary>
    /// <exception cref="RenewalException">A certificate cannot be decoded.</exception>
    public abstract KeyedCertificate Keyed { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
