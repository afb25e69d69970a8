using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores;

/// <summary>
/// The store of a pair during one attempt. Wherever the names of the user lead later, all reads, the lock and the replacement
/// concern the same place. Only the store knows whether that place is two files, one file, or something else.
/// </summary>
internal interface IPairStore : IDisposable
{
    /// <summary>The place of the record of the pair's follow-ups; it can be used after the store was closed.</summary>
    IPairRecord Record { get; }

    /// <summary>Whether a run holds the lock of the pair.</summary>
    bool IsLocked { get; }

    /// <summary>Whether a replacement of the pair was interrupted, or is in progress.</summary>
    bool IsInterrupted { get; }

    /// <summary>Reads the pair without decoding a certificate. Most runs need no more.</summary>
    /// <returns>Null if the store needs the full load to judge what is there; <see cref="LoadAsync"/> then waits, or reports why.</returns>
    PairSnapshot? TryPeek();

    /// <summary>
    /// Acquires the lock of the pair, and holds it until the store is disposed; waits if another run holds it. If the store
    /// cannot be written, the run continues without a lock, since it can replace nothing.
    /// </summary>
    /// <exception cref="RenewalException">Another run held it until the timeout (<see cref="ErrorId.Locked"/>).</exception>
    Task LockAsync(TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Checks, before a replacement, that the lock still keeps other runs out.</summary>
    /// <exception cref="RenewalException">Another run may be working on the pair (<see cref="ErrorId.Locked"/>).</exception>
    void RequireLocked();

    /// <summary>Completes or undoes an interrupted replacement.</summary>
    /// <returns>True if the pair was changed.</returns>
    /// <exception cref="RenewalException">The pair cannot be completed (<see cref="ErrorId.RecoveryBlocked"/>).</exception>
    Task<bool> RecoverAsync();

    /// <summary>Reads and decodes the pair, and requires that it matches; waits for a deployment in progress.</summary>
    /// <param name="wasRead">Whether this run has read the pair before; then it also waits for a missing one.</param>
    /// <param name="onRead">Receives the facts of the pair, even if it does not match.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RenewalException">The pair cannot be read, or certificate and key do not match.</exception>
    Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken);

    /// <summary>Reads the private key in place, whether or not a certificate matches it. The caller disposes it.</summary>
    /// <exception cref="RenewalException">There is none (<see cref="ErrorId.KeyNotFound"/>), or it cannot be read.</exception>
    PrivateKey LoadKey();

    /// <summary>The version in place, whether or not it is a pair; <see cref="PairVersion.None"/> if nothing is there.</summary>
    /// <exception cref="RenewalException">It cannot be read.</exception>
    PairVersion ReadVersion();

    /// <summary>Whether the store has this version.</summary>
    bool Holds(PairVersion version);

    /// <summary>Whether the names of the user still lead to this place; a link can be changed at any time.</summary>
    /// <param name="known">The present content, if it is known, so that the pair is not read again.</param>
    bool IsCurrent(PairSnapshot? known);

    /// <summary>Requires that a new key would leave no part of the old pair, and no other certificate that uses the old key.</summary>
    /// <param name="snapshot">The pair.</param>
    /// <param name="others">Other pairs that are known; the store also looks at those in the same place.</param>
    /// <exception cref="RenewalException">
    /// The old key or the old certificate would stay somewhere (<see cref="ErrorId.MixedPairFiles"/>), or another certificate has
    /// the same key (<see cref="ErrorId.KeyShared"/>).
    /// </exception>
    void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others);

    /// <summary>Requires, before the CA is asked, that the store can hold a new key.</summary>
    /// <exception cref="RenewalException">It cannot.</exception>
    void RequireStorable(PrivateKey key)
    {
    }

    /// <summary>Requires that no other certificate uses a key that is to be replaced.</summary>
    /// <param name="key">The key in place.</param>
    /// <param name="others">Other pairs that are known; the store also looks at those in the same place.</param>
    /// <param name="alternative">How the key can stay, for the remedy: the beginning of a sentence.</param>
    /// <exception cref="RenewalException">Another certificate has the same key (<see cref="ErrorId.KeyShared"/>).</exception>
    void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative);

    /// <summary>One sentence for each part of the pair of which the old content stays under another name.</summary>
    IReadOnlyList<string> FindHardLinks(bool withKey);

    /// <summary>
    /// Prepares the replacement before the CA is asked, so that a store that cannot be written costs no certificate. The new
    /// pair gets the rights of the one in place, or those of a new pair if there is none.
    /// </summary>
    /// <exception cref="RenewalException">The pair cannot be replaced; nothing was changed.</exception>
    Task<IPairReplacement> StageAsync(bool withKey);
}
