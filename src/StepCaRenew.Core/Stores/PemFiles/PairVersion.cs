namespace StepCaRenew.Stores.PemFiles;

/// <summary>The contents of a store at one moment, to compare them with another moment. Only the store knows their meaning.</summary>
internal sealed class PairVersion(params byte[][] contents) : IEquatable<PairVersion>
{
    /// <summary>The version of a store without a pair.</summary>
    public static PairVersion None { get; } = new();

    /// <summary>For the store: its contents.</summary>
    public IReadOnlyList<byte[]> Contents => contents;

    /// <inheritdoc/>
    public bool Equals(PairVersion? other) =>
        other is not null && contents.Length == other.Contents.Count && contents.Zip(other.Contents).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PairVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => contents.Aggregate(contents.Length, (hash, content) => HashCode.Combine(hash, content.Length));
}
