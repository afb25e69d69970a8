namespace StepCaRenew.Stores;

/// <summary>
/// The contents of a store at one moment, to compare them with another moment. Only the store knows their meaning; one
/// that is missing is null.
/// </summary>
internal sealed class PairVersion(params byte[]?[] contents) : IEquatable<PairVersion>
{
    /// <summary>The version of a store without a pair.</summary>
    public static PairVersion None { get; } = new();

    /// <summary>Whether nothing is there.</summary>
    public bool IsNone => contents.All(content => content is null);

    /// <summary>Whether nothing would be lost: nothing is there, or files without content, made in advance for their owner and mode.</summary>
    public bool IsEmpty => contents.All(content => content is null or []);

    /// <summary>For the store: a content; null if it is missing.</summary>
    public byte[]? this[int index] => index < contents.Length ? contents[index] : null;

    /// <inheritdoc/>
    public bool Equals(PairVersion? other) => other is not null && Enumerable.Range(0, Math.Max(contents.Length, other.Count)).All(index => AreSame(this[index], other[index]));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PairVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => contents.Aggregate(0, (hash, content) => content is null ? hash : HashCode.Combine(hash, content.Length));

    private int Count => contents.Length;

    private static bool AreSame(byte[]? one, byte[]? other) =>
        one is null || other is null ? one is null && other is null : one.AsSpan().SequenceEqual(other);
}
