using System.Collections.ObjectModel;
using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>
/// Texts of a result that nobody can change. Export-Csv writes what <see cref="ToString"/> returns, and an array would be
/// written as <c>System.String[]</c>; ConvertTo-Json writes an array, and every operator of PowerShell takes it for a list.
/// </summary>
public sealed class TextList : ReadOnlyCollection<string>
{
    private readonly string separator;

    private TextList(IEnumerable<string> texts, string separator)
        : base(texts.Select(PlainText.Line).ToArray()!) => this.separator = separator;

    /// <summary>No texts.</summary>
    public static new TextList Empty { get; } = FromNames([]);

    /// <summary>Names, which a comma separates in <see cref="ToString"/>.</summary>
    /// <param name="names">The names.</param>
    public static TextList FromNames(IEnumerable<string> names) => new(names, ", ");

    /// <summary>Whole sentences, which a space separates in <see cref="ToString"/>.</summary>
    /// <param name="sentences">The sentences.</param>
    public static TextList FromSentences(IEnumerable<string> sentences) => new(sentences, " ");

    /// <summary>All texts in one.</summary>
    public override string ToString() => string.Join(separator, this);
}
