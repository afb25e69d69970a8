using System.Collections.ObjectModel;
using StepCaRenew.Text;

namespace StepCaRenew;

/// <summary>
/// A read-only list of texts in a result. Export-Csv writes <see cref="ToString"/>, where an array would become
/// <c>System.String[]</c>; ConvertTo-Json writes an array, and PowerShell's operators treat it as a list.
/// </summary>
public sealed class TextList : ReadOnlyCollection<string>
{
    private readonly string separator;

    private TextList(IEnumerable<string> texts, string separator)
        : base(texts.Select(PlainText.Line).ToArray()!) => this.separator = separator;

    /// <summary>No texts.</summary>
    public static new TextList Empty { get; } = FromNames([]);

    /// <summary>Names, which a comma separates in <see cref="ToString"/>.</summary>
    public static TextList FromNames(IEnumerable<string> names) => new(names, ", ");

    /// <summary>Whole sentences, which a space separates in <see cref="ToString"/>.</summary>
    public static TextList FromSentences(IEnumerable<string> sentences) => new(sentences, " ");

    /// <summary>All texts as one.</summary>
    public override string ToString() => string.Join(separator, this);
}
