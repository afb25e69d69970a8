using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores;

/// <summary>
/// The place of a pair's record of follow-ups: one small content that is replaced as a whole, and a lock for the run that acts on
/// it. The store does not know what the content means.
/// </summary>
internal interface IPairRecord
{
    /// <summary>The path for messages; it also identifies the pair.</summary>
    string Path { get; }

    /// <summary>The path of the lock, for messages.</summary>
    string LockPath { get; }

    /// <summary>Whether there is something in its place.</summary>
    bool Exists { get; }

    /// <summary>The content; null if there is none, or something else is in its place.</summary>
    byte[]? Read();

    /// <summary>Writes a content next to its place, and flushes it.</summary>
    void Stage(byte[] content);

    /// <summary>Moves the staged content to its place.</summary>
    void Commit();

    /// <summary>Flushes the moves and deletions to disk.</summary>
    void Flush();

    /// <summary>Deletes the staged content; one that cannot be deleted stays.</summary>
    void Unstage();

    /// <summary>Deletes the content, or whatever is in its place.</summary>
    void Delete();

    /// <summary>Takes the lock of the run that acts on the record, without waiting. It is not the lock of the pair.</summary>
    /// <exception cref="RenewalException">Something under that name cannot be locked.</exception>
    (LockOutcome Outcome, IDisposable? Lock) TryLock();

    /// <summary>The serial number of the certificate in place; null if there is none.</summary>
    /// <exception cref="RenewalException">The certificate cannot be read.</exception>
    string? ReadSerialNumber();

    /// <summary>Opens the same place again, after the store was closed, and works on it under the lock of the pair.</summary>
    /// <exception cref="RenewalException">The lock of the pair is not free (<see cref="ErrorId.Locked"/>).</exception>
    Task UnderPairLockAsync(TimeSpan timeout, Action<IPairRecord> work);
}
