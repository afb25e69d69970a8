using System.Globalization;
using System.Text.RegularExpressions;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Section = StepCaRenew.HelpBuilder.MarkdownPage.Section;

namespace StepCaRenew.HelpBuilder;

/// <summary>Reads a page of the form that README.md shows, and refuses what it doesn't know.</summary>
internal sealed partial class CommandPageReader
{
    private static readonly string[] s_sections =
        ["Synopsis", "Description", "Examples", "Parameters", "Inputs", "Outputs", "Notes", "Related links"];

    private readonly MarkdownPage _page;

    private CommandPageReader(MarkdownPage page) => _page = page;

    public static CommandPage Read(string file)
    {
        var page = MarkdownPage.Read(file);
        if (page.Title != Path.GetFileNameWithoutExtension(file))
            throw page.Error(page.Root.Line, $"the title is '{page.Title}' but the file is named {Path.GetFileName(file)}");
        if (!CmdletName().IsMatch(page.Title))
            throw page.Error(page.Root.Line, $"'{page.Title}' is not the name of a cmdlet");
        return new CommandPageReader(page).Read();
    }

    private CommandPage Read()
    {
        if (_page.Root.Blocks.Find(block => block is not HtmlBlock) is { } stray)
            throw _page.Error(stray.Line + 1, "text before '## Synopsis'");
        foreach (var section in _page.Root.Children)
        {
            if (!s_sections.Contains(section.Title, StringComparer.OrdinalIgnoreCase))
                throw _page.Error(section.Line, $"unknown section '{section.Title}'; known are {string.Join(", ", s_sections)}");
        }
        var synopsis = TextOf(Require("Synopsis"));
        if (synopsis.Count != 1)
            throw _page.Error(Require("Synopsis").Line, "the synopsis is one paragraph");
        return new CommandPage(_page.Title)
        {
            Synopsis = synopsis[0],
            Description = TextOf(Require("Description")),
            Examples = [.. Require("Examples").Children.Select(ReadExample)],
            Parameters = [.. _page.Root.Child("Parameters")?.Children.Select(ReadParameter) ?? []],
            Inputs = Types("Inputs"),
            Outputs = Types("Outputs"),
            Notes = _page.Root.Child("Notes") is { } notes ? TextOf(notes) : [],
            Links = _page.Root.Child("Related links") is { } links ? ReadLinks(links) : [],
        };
    }

    private Section Require(string title) =>
        _page.Root.Child(title) ?? throw _page.Error(0, $"the section '## {title}' is missing");

    private IReadOnlyList<string> TextOf(Section section)
    {
        if (section.Children.Count > 0)
            throw _page.Error(section.Children[0].Line, $"'{section.Title}' has no headings of its own");
        var paragraphs = _page.Paragraphs(section.Blocks);
        return paragraphs.Count > 0 ? paragraphs : throw _page.Error(section.Line, $"'{section.Title}' is empty");
    }

    private Example ReadExample(Section section)
    {
        var code = section.Blocks.OfType<FencedCodeBlock>().FirstOrDefault()
            ?? throw _page.Error(section.Line, "an example needs a code fence");
        // Get-Help shows the code first whatever the page does.
        if (section.Blocks[0] != code)
            throw _page.Error(section.Line, "an example begins with its code; the remarks follow");
        var remarks = _page.Paragraphs(section.Blocks.Skip(1));
        return new Example(section.Title, PlainText.Code(code), remarks);
    }

    private Parameter ReadParameter(Section section)
    {
        if (!section.Title.StartsWith('-') || section.Title.Contains(' ', StringComparison.Ordinal))
            throw _page.Error(section.Line, $"'{section.Title}' is not a parameter such as -Path");
        var fences = section.Blocks.OfType<FencedCodeBlock>().Where(block => block.Info == "yaml").ToList();
        if (fences.Count == 0)
            throw _page.Error(section.Line, $"{section.Title} has no facts (a yaml fence)");
        var description = _page.Paragraphs(section.Blocks.Where(block => !fences.Contains(block)));
        if (description.Count == 0)
            throw _page.Error(section.Line, $"{section.Title} has no description");
        return new Parameter(section.Title[1..], description, [.. fences.Select(ReadFacts)]);
    }

    private ParameterFacts ReadFacts(FencedCodeBlock fence)
    {
        ParameterFacts? facts = null;
        var line = fence.Line + 1;
        foreach (var text in PlainText.Code(fence).Split('\n'))
        {
            line++;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
                throw _page.Error(line, $"'{text}' is not 'Key: value'");
            var (key, value) = (text[..colon].Trim(), text[(colon + 1)..].Trim());
            if (facts is null)
            {
                facts = key == "Type" ? new ParameterFacts(value) : throw _page.Error(line, "the first fact is 'Type:'");
                continue;
            }
            facts = key switch
            {
                "Parameter sets" => facts with { Sets = List(value) },
                "Aliases" => facts with { Aliases = List(value) },
                "Values" => facts with { Values = List(value) },
                "Required" => facts with { Required = Flag(value, line) },
                "Position" => facts with { Position = Position(value, line) },
                "Pipeline" => WithPipeline(facts, value, line),
                "Wildcards" => facts with { Wildcards = Flag(value, line) },
                "Default" => facts with { Default = value },
                _ => throw _page.Error(line, $"unknown fact '{key}'; known are Type, Parameter sets, Aliases, Values, Required, Position, Pipeline, Wildcards, Default"),
            };
        }
        return facts!;
    }

    private ParameterFacts WithPipeline(ParameterFacts facts, string value, int line)
    {
        foreach (var way in List(value))
        {
            facts = way switch
            {
                "by value" => facts with { PipelineByValue = true },
                "by property name" => facts with { PipelineByPropertyName = true },
                _ => throw _page.Error(line, $"'{way}' is neither 'by value' nor 'by property name'"),
            };
        }
        return facts;
    }

    private IReadOnlyList<TypeEntry> Types(string title)
    {
        if (_page.Root.Child(title) is not { } section)
            return [];
        if (section.Children.Count == 0)
            return [new TypeEntry("None", TextOf(section))];
        return [.. section.Children.Select(child => new TypeEntry(child.Title, _page.Paragraphs(child.Blocks)))];
    }

    private List<RelatedLink> ReadLinks(Section section)
    {
        var links = new List<RelatedLink>();
        foreach (var item in section.Blocks.OfType<ListBlock>().SelectMany(list => list).Cast<ListItemBlock>())
        {
            var inlines = (item.FirstOrDefault() as ParagraphBlock)?.Inline;
            if (inlines?.FirstChild is not LinkInline link || link.NextSibling is not null)
                throw _page.Error(item.Line + 1, "a related link is one link and nothing else");
            // Links from page to page are for the reader on the web; in the console the name is what one types.
            var address = Uri.IsWellFormedUriString(link.Url, UriKind.Absolute) ? link.Url : null;
            links.Add(new RelatedLink(PlainText.FromMarkdown((ContainerInline)link), address));
        }
        return links.Count > 0 ? links : throw _page.Error(section.Line, "related links are a list of links");
    }

    private static string[] List(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private bool Flag(string value, int line) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw _page.Error(line, $"'{value}' is neither true nor false"),
    };

    private int? Position(string value, int line)
    {
        if (value == "named")
            return null;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw _page.Error(line, $"'{value}' is neither a position nor 'named'");
    }

    [GeneratedRegex("^[A-Z][a-z]+-[A-Z][A-Za-z]+$")]
    private static partial Regex CmdletName();
}
