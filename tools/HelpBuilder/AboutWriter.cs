using System.Text;
using Markdig.Syntax;

namespace StepCaRenew.HelpBuilder;

/// <summary>An about_ page as the text file that Get-Help shows as it is.</summary>
internal static class AboutWriter
{
    private const string Indent = "    ";
    private const int Width = 76;

    public static string Write(string file)
    {
        var page = MarkdownPage.Read(file);
        if (page.Title != Path.GetFileNameWithoutExtension(file))
            throw page.Error(page.Root.Line, $"the title is '{page.Title}' but the file is named {Path.GetFileName(file)}");
        if (page.Root.Blocks.Count > 0 || page.Root.Children is not [{ Title: "Short description", Blocks: [ParagraphBlock] }, ..])
            throw page.Error(page.Root.Line, "the title is followed by '## Short description' with one paragraph");

        var text = new StringBuilder().Append("TOPIC\n").Append(Indent).Append(page.Title).Append('\n');
        foreach (var section in page.Root.Children)
            WriteSection(text, page, section);
        return text.ToString();
    }

    private static void WriteSection(StringBuilder text, MarkdownPage page, MarkdownPage.Section section)
    {
        text.Append('\n').Append(section.Level == 2 ? section.Title.ToUpperInvariant() : section.Title).Append('\n');
        var paragraphs = page.Paragraphs(section.Blocks);
        for (var i = 0; i < paragraphs.Count; i++)
        {
            if (i > 0)
                text.Append('\n');
            // Get-Help takes the fifth line as the synopsis: the short description is not wrapped.
            var width = section.Title == "Short description" ? int.MaxValue : Width;
            foreach (var line in paragraphs[i].Split('\n').SelectMany(line => PlainText.Wrap(line, width)))
                text.Append(line.Length == 0 ? "" : Indent).Append(line).Append('\n');
        }
        foreach (var child in section.Children)
            WriteSection(text, page, child);
    }
}
