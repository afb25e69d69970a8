using System.Collections.ObjectModel;

namespace StepCaRenew;

/// <summary>A read-only list of objects in a result; for the same reasons as <see cref="TextList"/> not an array.</summary>
/// <typeparam name="T">A type with a short text.</typeparam>
public sealed class ResultList<T> : ReadOnlyCollection<T>
{
    internal ResultList(IEnumerable<T> items)
        : base([.. items])
    {
    }

    /// <summary>The texts of all objects.</summary>
    public override string ToString() => string.Join(", ", this);
}
