using System.Text;
using StepCaRenew.Stores;

namespace StepCaRenew.Fixtures;

/// <summary>
/// A place of pairs in memory, of another kind than files: like a certificate store of Windows it holds several entries, each
/// with its key, and one of them is the current one. It outlives the processes that work on it.
/// </summary>
internal sealed class MemoryPlace
{
    /// <summary>All entries, as PEM: certificate, chain and key.</summary>
    public List<byte[]> Entries { get; } = [];

    /// <summary>The current one of them; null if there is none.</summary>
    public byte[]? Current { get; set; }

    public byte[]? Record { get; set; }

    public byte[]? StagedRecord { get; set; }

    /// <summary>The process that holds the lock of the pair.</summary>
    public object? Holder { get; set; }

    /// <summary>The process that acts on the record.</summary>
    public object? Actor { get; set; }

    /// <summary>The same place after the death of all processes.</summary>
    public MemoryPlace Copy()
    {
        var copy = new MemoryPlace { Current = Current, Record = Record, StagedRecord = StagedRecord };
        copy.Entries.AddRange(Entries);
        return copy;
    }

    /// <summary>Puts a pair there as another program does.</summary>
    public void Deploy(string certificatePem, string keyPem)
    {
        Entries.Remove(Current!);
        Current = Encoding.ASCII.GetBytes(certificatePem + "\n" + keyPem);
        Entries.Add(Current);
    }
}

/// <summary>The pair in a <see cref="MemoryPlace"/>.</summary>
/// <param name="Place">The place.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="Pass">Called before every access to the place; it can end the process, or be another one.</param>
internal sealed record MemoryLocation(MemoryPlace Place, string Name, Action Pass) : PairLocation(Name, null)
{
    public override Task<IPairStore> OpenAsync(bool wasRead, StoreServices services, CancellationToken cancellationToken) =>
        Task.FromResult<IPairStore>(new MemoryStore(this, services.Clock));
}
