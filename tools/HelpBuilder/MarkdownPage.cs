using Markdig;
using Markdig.Syntax;

namespace StepCaRenew.HelpBuilder;

/// <summary>A Markdown file cut at its headings.</summary>
internal sealed class MarkdownPage
{
    private readonly string _file;

    private MarkdownPage(string file, string title, Section root)
    {
        _file = file;
        Title = title;
        Root = root;
    }

    public string Title { get; }

    /// <summary>The content after the title, with one child for each heading of the second level.</summary>
    public Section Root { get; }

    public static MarkdownPage Read(string file)
    {
        var document = Markdown.Parse(File.ReadAllText(file));
        MarkdownPage? page = null;
        var open = new Stack<Section>();
        foreach (var block in document)
        {
            if (block is not HeadingBlock heading)
            {
                if (open.Count == 0)
                    throw new PageException(file, block.Line + 1, "a page begins with its title, '# Name'");
                open.Peek().Blocks.Add(block);
                continue;
            }
            var section = new Section(PlainText.FromMarkdown(heading.Inline), heading.Level, heading.Line + 1);
            if (page is null)
            {
                if (heading.Level != 1)
                    throw new PageException(file, section.Line, "a page begins with its title, '# Name'");
                page = new MarkdownPage(file, section.Title, section);
            }
            else
            {
                if (heading.Level == 1)
                    throw new PageException(file, section.Line, "a page has one title only");
                while (open.Peek().Level >= heading.Level)
                    open.Pop();
                open.Peek().Children.Add(section);
            }
            open.Push(section);
        }
        return page ?? throw new PageException(file, 0, "the page is empty");
    }

    public PageException Error(int line, string message) => new(_file, line, message);

    /// <summary>Blocks as the paragraphs of a help text.</summary>
    public IReadOnlyList<string> Paragraphs(IEnumerable<Block> blocks)
    {
        var paragraphs = new List<string>();
        foreach (var block in blocks)
        {
            if (block is HtmlBlock { Type: HtmlBlockType.Comment })
                continue;
            var text = PlainText.FromMarkdown(block)
                ?? throw Error(block.Line + 1, $"help can't show a {block.GetType().Name}: use paragraphs, lists and code");
            // Get-Help trims a paragraph and keeps what is within: code stays indented as a part of the text before it.
            if (block is not CodeBlock code)
                paragraphs.Add(text);
            else if (paragraphs.Count == 0)
                paragraphs.Add(PlainText.Code(code));
            else
                paragraphs[^1] += "\n\n" + text;
        }
        return paragraphs;
    }

    internal sealed record Section(string Title, int Level, int Line)
    {
        public List<Block> Blocks { get; } = [];
        public List<Section> Children { get; } = [];

        public Section? Child(string title) =>
            Children.Find(child => string.Equals(child.Title, title, StringComparison.OrdinalIgnoreCase));
    }
}
