using StepCaRenew.FileSystem;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>The record of follow-ups of a pair in a certificate store: a file in the state folder.</summary>
internal sealed class StorePairRecord(IPairRecord file, Func<string?> readSerialNumber) : IPairRecord
{
    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public string LockPath => file.LockPath;

    /// <inheritdoc/>
    public bool Exists => Directory.Exists(System.IO.Path.GetDirectoryName(Path)) && file.Exists;

    /// <inheritdoc/>
    public byte[]? Read() => file.Read();

    /// <inheritdoc/>
    public void Stage(byte[] content) => file.Stage(content);

    /// <inheritdoc/>
    public void Commit() => file.Commit();

    /// <inheritdoc/>
    public void Flush() => file.Flush();

    /// <inheritdoc/>
    public void Unstage() => file.Unstage();

    /// <inheritdoc/>
    public void Delete() => file.Delete();

    /// <inheritdoc/>
    public (LockOutcome Outcome, IDisposable? Lock) TryLock() => file.TryLock();

    /// <inheritdoc/>
    public string? ReadSerialNumber() => readSerialNumber();

    /// <inheritdoc/>
    public Task UnderPairLockAsync(TimeSpan timeout, Action<IPairRecord> work) => file.UnderPairLockAsync(timeout, opened => work(new StorePairRecord(opened, readSerialNumber)));
}
