using System.Globalization;
using System.Text;
using System.Xml;

namespace StepCaRenew.HelpBuilder;

/// <summary>
/// Pages as the MAML that Get-Help reads.
/// The schema is described at https://learn.microsoft.com/powershell/scripting/developer/help/writing-help-for-windows-powershell-cmdlets.
/// </summary>
internal sealed class MamlWriter
{
    private const string Msh = "http://msh";
    private const string Maml = "http://schemas.microsoft.com/maml/2004/10";
    private const string Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private const string Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly XmlWriter _xml;

    private MamlWriter(XmlWriter xml) => _xml = xml;

    public static string Write(IEnumerable<CommandPage> pages)
    {
        using var stream = new MemoryStream();
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = new UTF8Encoding(false) };
        using (var xml = XmlWriter.Create(stream, settings))
        {
            var writer = new MamlWriter(xml);
            xml.WriteStartElement("helpItems", Msh);
            xml.WriteAttributeString("schema", "maml");
            foreach (var page in pages)
                writer.Write(page);
            xml.WriteEndElement();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private void Write(CommandPage page)
    {
        _xml.WriteStartElement("command", "command", Command);
        _xml.WriteAttributeString("xmlns", "maml", null, Maml);
        _xml.WriteAttributeString("xmlns", "dev", null, Dev);

        Start("command", "details");
        Text("command", "name", page.Name);
        Text("command", "verb", page.Verb);
        Text("command", "noun", page.Noun);
        Paragraphs("maml", "description", [page.Synopsis]);
        _xml.WriteEndElement();

        Paragraphs("maml", "description", page.Description);
        WriteSyntax(page);
        WriteParameters(page);
        WriteTypes("inputTypes", "inputType", page.Inputs);
        WriteTypes("returnValues", "returnValue", page.Outputs);
        WriteNotes(page.Notes);
        WriteExamples(page.Examples);
        WriteLinks(page.Links);
        _xml.WriteEndElement();
    }

    private void WriteSyntax(CommandPage page)
    {
        Start("command", "syntax");
        foreach (var set in page.ParameterSets)
        {
            Start("command", "syntaxItem");
            Text("maml", "name", page.Name);
            var members = page.Parameters
                .Select(parameter => (Parameter: parameter, Facts: parameter.FactsIn(set)))
                .Where(member => member.Facts is not null)
                .OrderBy(member => member.Facts!.Position ?? int.MaxValue)
                .ThenByDescending(member => member.Facts!.Required);
            foreach (var (parameter, facts) in members)
                WriteParameter(parameter, facts!, inSyntax: true);
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    private void WriteParameters(CommandPage page)
    {
        Start("command", "parameters");
        foreach (var parameter in page.Parameters)
            WriteParameter(parameter, parameter.Facts[0], inSyntax: false);
        _xml.WriteEndElement();
    }

    private void WriteParameter(Parameter parameter, ParameterFacts facts, bool inSyntax)
    {
        Start("command", "parameter");
        Attribute("required", facts.Required);
        Attribute("variableLength", facts.IsList);
        Attribute("globbing", facts.Wildcards);
        _xml.WriteAttributeString("pipelineInput", Pipeline(facts));
        _xml.WriteAttributeString("position", facts.Position?.ToString(CultureInfo.InvariantCulture) ?? "named");
        _xml.WriteAttributeString("aliases", facts.Aliases.Count > 0 ? string.Join(", ", facts.Aliases) : "none");
        Text("maml", "name", parameter.Name);
        Paragraphs("maml", "description", parameter.Description);
        if (inSyntax)
            WriteValues(facts.Values);
        // In a line of syntax a switch stands alone.
        if (!inSyntax || !facts.IsSwitch)
        {
            Start("command", "parameterValue");
            Attribute("required", !facts.IsSwitch);
            Attribute("variableLength", facts.IsList);
            _xml.WriteString(facts.Type);
            _xml.WriteEndElement();
        }
        WriteType(facts.Type);
        Text("dev", "defaultValue", facts.Default ?? (facts.IsSwitch ? "False" : "None"));
        _xml.WriteEndElement();
    }

    private void WriteValues(IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        Start("command", "parameterValueGroup");
        foreach (var value in values)
        {
            Start("command", "parameterValue");
            Attribute("required", false);
            Attribute("variableLength", false);
            _xml.WriteString(value);
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    private void WriteTypes(string list, string item, IReadOnlyList<TypeEntry> types)
    {
        Start("command", list);
        foreach (var type in types)
        {
            Start("command", item);
            WriteType(type.Type);
            Paragraphs("maml", "description", type.Description);
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    private void WriteType(string type)
    {
        Start("dev", "type");
        Text("maml", "name", type);
        _xml.WriteEndElement();
    }

    private void WriteNotes(IReadOnlyList<string> notes)
    {
        if (notes.Count == 0)
            return;
        Start("maml", "alertSet");
        Paragraphs("maml", "alert", notes);
        _xml.WriteEndElement();
    }

    private void WriteExamples(IReadOnlyList<Example> examples)
    {
        Start("command", "examples");
        foreach (var example in examples)
        {
            Start("command", "example");
            Text("maml", "title", $"----- {example.Title} -----");
            Text("dev", "code", example.Code);
            // The empty paragraph keeps the next title away from these remarks.
            Paragraphs("dev", "remarks", [.. example.Remarks, ""]);
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    private void WriteLinks(IReadOnlyList<RelatedLink> links)
    {
        Start("command", "relatedLinks");
        foreach (var link in links)
        {
            Start("maml", "navigationLink");
            Text("maml", "linkText", link.Text);
            Text("maml", "uri", link.Address ?? "");
            _xml.WriteEndElement();
        }
        _xml.WriteEndElement();
    }

    private static string Pipeline(ParameterFacts facts) => (facts.PipelineByValue, facts.PipelineByPropertyName) switch
    {
        (true, true) => "true (ByValue, ByPropertyName)",
        (true, false) => "true (ByValue)",
        (false, true) => "true (ByPropertyName)",
        _ => "false",
    };

    private void Paragraphs(string prefix, string name, IReadOnlyList<string> paragraphs)
    {
        Start(prefix, name);
        foreach (var paragraph in paragraphs)
            Text("maml", "para", paragraph);
        _xml.WriteEndElement();
    }

    private void Text(string prefix, string name, string text)
    {
        Start(prefix, name);
        _xml.WriteString(text);
        _xml.WriteEndElement();
    }

    private void Start(string prefix, string name) => _xml.WriteStartElement(prefix, name, prefix switch
    {
        "maml" => Maml,
        "dev" => Dev,
        _ => Command,
    });

    private void Attribute(string name, bool value) => _xml.WriteAttributeString(name, value ? "true" : "false");
}
