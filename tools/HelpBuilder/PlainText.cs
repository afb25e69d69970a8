using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace StepCaRenew.HelpBuilder;

/// <summary>Markdown as a console shows it.</summary>
internal static class PlainText
{
    private const string CodeIndent = "    ";

    // What 80 columns leave below a parameter, which Get-Help indents by eight.
    private const int ListWidth = 72;

    /// <returns>The text, or null for a block that plain text can't carry.</returns>
    public static string? FromMarkdown(Block block) => block switch
    {
        ParagraphBlock paragraph => LooksLikeTable(FromMarkdown(paragraph.Inline)) ? null : FromMarkdown(paragraph.Inline),
        CodeBlock code => string.Join('\n', Code(code).Split('\n').Select(line => line.Length == 0 ? line : CodeIndent + line)),
        ListBlock list => List(list),
        QuoteBlock quote => Blocks(quote, "\n\n"),
        _ => null,
    };

    public static string Code(CodeBlock block) => block.Lines.ToString().ReplaceLineEndings("\n").TrimEnd();

    public static string FromMarkdown(ContainerInline? inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines ?? [])
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                LineBreakInline lineBreak => lineBreak.IsHard ? "\n" : " ",
                AutolinkInline autolink => autolink.Url,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                HtmlInline html => html.Tag,
                LinkInline link => Link(link),
                ContainerInline container => FromMarkdown(container),
                _ => inline.ToString(),
            });
        }
        return text.ToString();
    }

    /// <summary>Breaks a line between words; code (what is indented) stays as it is.</summary>
    public static IEnumerable<string> Wrap(string line, int width)
    {
        if (line.Length <= width || line.StartsWith(' '))
        {
            yield return line;
            yield break;
        }
        var current = new StringBuilder();
        foreach (var word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (current.Length > 0 && current.Length + 1 + word.Length > width)
            {
                yield return current.ToString();
                current.Clear();
            }
            if (current.Length > 0)
                current.Append(' ');
            current.Append(word);
        }
        yield return current.ToString();
    }

    private static string Link(LinkInline link)
    {
        var text = FromMarkdown((ContainerInline)link);
        return Uri.IsWellFormedUriString(link.Url, UriKind.Absolute) && link.Url != text ? $"{text} ({link.Url})" : text;
    }

    private static string? List(ListBlock list)
    {
        var separator = list.IsLoose ? "\n\n" : "\n";
        var number = int.TryParse(list.OrderedStart, out var start) ? start : 1;
        var items = new List<string>();
        foreach (var item in list.Cast<ListItemBlock>())
        {
            if (Blocks(item, separator) is not { } text)
                return null;
            var bullet = list.IsOrdered ? $"{number++}. " : "- ";
            // Get-Help breaks the lines of a list in the middle of a word, so they come broken already.
            var lines = text.Split('\n').SelectMany(line => Wrap(line, ListWidth - bullet.Length));
            items.Add(bullet + string.Join("\n" + new string(' ', bullet.Length), lines));
        }
        return string.Join(separator, items);
    }

    private static string? Blocks(ContainerBlock container, string separator)
    {
        var texts = container.Select(FromMarkdown).ToList();
        return texts.Contains(null) ? null : string.Join(separator, texts);
    }

    // Without the extension for tables, Markdig takes one for a paragraph.
    private static bool LooksLikeTable(string text) => text.StartsWith('|');
}
