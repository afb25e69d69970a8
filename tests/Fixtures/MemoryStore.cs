using System.Text;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Fixtures;

/// <summary>
/// A store without files: a commit adds an entry and makes it the current one in a single step, if the expected one still is.
/// So it has no half-replaced state, and its recovery only removes entries.
/// </summary>
internal sealed class MemoryStore(MemoryLocation location, TimeProvider clock) : IPairStore
{
    private readonly MemoryLocation location = location;
    private readonly MemoryPlace place = location.Place;

    public IPairRecord Record { get; } = new MemoryRecord(location, clock);

    public bool IsLocked => Read(() => place.Holder is not null);

    public bool IsInterrupted => Read(() => place.Entries.Count > (place.Current is null ? 0 : 1) || place.StagedRecord is not null);

    public PairSnapshot? TryPeek() => Read(() => place.Current) is { } content && Parse(content) is var pair && pair.Matches ? new MemorySnapshot(pair, content) : null;

    public async Task LockAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        for (var start = clock.GetTimestamp(); !TryLock(); await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellationToken))
        {
            if (clock.GetElapsedTime(start) >= timeout)
                throw new RenewalException(ErrorId.Locked, $"'{location.Name}' is locked by another run.", "Wait.");
        }
    }

    public void RequireLocked()
    {
        if (Read(() => place.Holder) != this)
            throw new RenewalException(ErrorId.Locked, $"'{location.Name}' is not locked any more.", "Run again.");
    }

    public Task<bool> RecoverAsync()
    {
        foreach (var left in Read(() => place.Entries.Where(entry => entry != place.Current).ToList()))
            Do(() => place.Entries.Remove(left));
        Do(() => place.StagedRecord = null);
        return Task.FromResult(false);
    }

    public Task<PairSnapshot> LoadAsync(bool wasRead, Action<PairFacts> onRead, CancellationToken cancellationToken)
    {
        var content = Read(() => place.Current) ?? throw new RenewalException(ErrorId.FileNotFound, $"There is no certificate '{location.Name}'.", "Name another one.");
        var pair = Parse(content);
        onRead(pair.Facts);
        return pair.Matches ? Task.FromResult<PairSnapshot>(new MemorySnapshot(pair, content)) : throw KeyMismatch.Describe(pair.Certificate, pair.KeyFile);
    }

    public PrivateKey LoadKey() => Read(() => place.Current) is { } content
        ? KeyFile.Parse(new InputFile(location.Name, content, default), null).Key
        : throw new RenewalException(ErrorId.KeyNotFound, $"There is no key in '{location.Name}'.", "Name another one.");

    public PairVersion ReadVersion() => new(Read(() => place.Current));

    public bool Holds(PairVersion version) => ReadVersion().Equals(version);

    public bool IsCurrent(PairSnapshot? known) => true;

    public void RequireRekeyable(PairSnapshot snapshot, IEnumerable<PairLocation> others)
    {
    }

    public void RequireUnshared(PrivateKey key, IEnumerable<PairLocation> others, string alternative)
    {
    }

    public IReadOnlyList<string> FindHardLinks(bool withKey) => [];

    public Task<IPairReplacement> StageAsync(bool withKey)
    {
        var entry = Array.Empty<byte>();
        Do(() => place.Entries.Add(entry));
        return Task.FromResult<IPairReplacement>(new Replacement(this, entry));
    }

    // The kernel releases the locks of a process that was killed.
    public void Dispose()
    {
        if (place.Holder == this)
            place.Holder = null;
    }

    private CertificatePair Parse(byte[] content)
    {
        var file = new InputFile(location.Name, content, default);
        return CertificatePair.FromFiles(CertificateFile.Parse(file), KeyFile.Parse(file, null));
    }

    private bool TryLock() => Read(() =>
    {
        lock (place)
            return (place.Holder ??= this) == this;
    });

    private T Read<T>(Func<T> read)
    {
        location.Pass();
        return read();
    }

    private void Do(Action change)
    {
        location.Pass();
        change();
    }

    private sealed class MemorySnapshot(CertificatePair pair, byte[] content) : PairSnapshot(pair.Facts, new PairVersion(content))
    {
        public override ReadOnlyMemory<byte> FirstCertificate => pair.Leaf.RawData;

        public override KeyedCertificate Keyed => pair.Keyed;

        public override void Dispose() => pair.Dispose();
    }

    private sealed class Replacement(MemoryStore store, byte[] entry) : IPairReplacement
    {
        private readonly MemoryPlace place = store.place;
        private byte[] entry = entry;
        private byte[]? replaced;
        private bool isCommitted;

        public IEnumerable<(string Path, string Owner)> LostOwners => [];

        public Task<PairVersion?> CommitAsync(KeyedCertificate next, PairVersion expected)
        {
            var pem = string.Join('\n', next.Chain.Prepend(next.Leaf).Select(certificate => certificate.ExportCertificatePem()).Append(KeyContent.RenderBlock(next.Key, null, null)));
            var content = Encoding.ASCII.GetBytes(pem);
            Fill(content[..(content.Length / 2)]);
            Fill(content);
            store.location.Pass();
            if (!new PairVersion(place.Current).Equals(expected))
                return Task.FromResult<PairVersion?>(null);
            (replaced, place.Current, isCommitted) = (place.Current, entry, true);
            return Task.FromResult<PairVersion?>(new PairVersion(entry));
        }

        public void DropOld()
        {
            if (replaced is not null)
                store.Do(() => place.Entries.Remove(replaced));
        }

        public void Dispose()
        {
            if (!isCommitted)
                store.Do(() => place.Entries.Remove(entry));
        }

        private void Fill(byte[] content) => store.Do(() =>
        {
            place.Entries.Remove(entry);
            place.Entries.Add(entry = content);
        });
    }
}
