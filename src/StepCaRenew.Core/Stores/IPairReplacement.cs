using StepCaRenew.Certificates;

namespace StepCaRenew.Stores;

/// <summary>
/// A replacement of a pair that was prepared. A crash at any point leaves what <see cref="IPairStore.RecoverAsync"/> completes or
/// undoes. Disposing removes what was never committed.
/// </summary>
internal interface IPairReplacement : IDisposable
{
    /// <summary>The files that will not keep their owner, with that owner.</summary>
    IEnumerable<(string Path, string Owner)> LostOwners { get; }

    /// <summary>Puts the new pair in the place of the old one, in the form of the old one.</summary>
    /// <param name="next">The new pair; with the key of the old one if the replacement was prepared without a new key.</param>
    /// <param name="expected">The version that is replaced; <see cref="PairVersion.None"/> for the first pair in its place.</param>
    /// <returns>The new version; null if another process had changed the pair, whose work stays.</returns>
    /// <exception cref="RenewalException">The pair cannot be written or replaced; the old one stays.</exception>
    Task<PairVersion?> CommitAsync(KeyedCertificate next, PairVersion expected);

    /// <summary>
    /// Removes the old pair after a commit, when it was checked that a pair that matches is in place. Without this step it stays,
    /// and the next run uses or removes it.
    /// </summary>
    void DropOld();
}
