using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;

namespace StepCaRenew.Fixtures;

/// <summary>The record of follow-ups in a <see cref="MemoryPlace"/>.</summary>
internal sealed class MemoryRecord(MemoryLocation location, TimeProvider clock) : IPairRecord
{
    private readonly MemoryPlace place = location.Place;

    public string Path => location.Name + " (record)";

    public string LockPath => location.Name + " (lock)";

    public bool Exists => Read() is not null;

    public byte[]? Read()
    {
        location.Pass();
        return place.Record;
    }

    public void Stage(byte[] content)
    {
        Do(() => place.StagedRecord = content[..(content.Length / 2)]);
        Do(() => place.StagedRecord = content);
    }

    public void Commit() => Do(() => (place.Record, place.StagedRecord) = (place.StagedRecord, null));

    public void Flush()
    {
    }

    public void Unstage() => Do(() => place.StagedRecord = null);

    public void Delete() => Do(() => place.Record = null);

    public (LockOutcome Outcome, IDisposable? Lock) TryLock()
    {
        location.Pass();
        lock (place)
        {
            if (place.Actor is not null)
                return (LockOutcome.Held, null);
            place.Actor = this;
            return (LockOutcome.Acquired, new Lock(place));
        }
    }

    public string? ReadSerialNumber()
    {
        location.Pass();
        if (place.Current is null)
            return null;
        using var certificate = CertificateFile.Parse(new InputFile(location.Name, place.Current, default));
        return certificate.Leaf.SerialNumber;
    }

    public async Task UnderPairLockAsync(TimeSpan timeout, Action<IPairRecord> work)
    {
        using var store = new MemoryStore(location, clock);
        await store.LockAsync(timeout, CancellationToken.None);
        work(store.Record);
    }

    private void Do(Action change)
    {
        location.Pass();
        change();
    }

    private sealed class Lock(MemoryPlace place) : IDisposable
    {
        public void Dispose() => place.Actor = null;
    }
}
