namespace StepCaRenew.HelpBuilder;

/// <summary>One page of docs/commands: what <c>Get-Help</c> says about one cmdlet.</summary>
internal sealed record CommandPage(string Name)
{
    public string Verb => Name[..Name.IndexOf('-', StringComparison.Ordinal)];
    public string Noun => Name[(Name.IndexOf('-', StringComparison.Ordinal) + 1)..];

    public required string Synopsis { get; init; }
    public required IReadOnlyList<string> Description { get; init; }
    public required IReadOnlyList<Example> Examples { get; init; }
    public required IReadOnlyList<Parameter> Parameters { get; init; }
    public required IReadOnlyList<TypeEntry> Inputs { get; init; }
    public required IReadOnlyList<TypeEntry> Outputs { get; init; }
    public required IReadOnlyList<string> Notes { get; init; }
    public required IReadOnlyList<RelatedLink> Links { get; init; }

    /// <summary>The parameter sets by first appearance; one without a name where the page names none.</summary>
    public IReadOnlyList<string?> ParameterSets
    {
        get
        {
            List<string?> named = [.. Parameters.SelectMany(parameter => parameter.Facts).SelectMany(facts => facts.Sets).Distinct()];
            return named.Count > 0 ? named : [null];
        }
    }
}

internal sealed record Example(string Title, string Code, IReadOnlyList<string> Remarks);

internal sealed record TypeEntry(string Type, IReadOnlyList<string> Description);

internal sealed record RelatedLink(string Text, string? Address);

/// <summary>A parameter with one block of facts, or several where its parameter sets treat it differently.</summary>
internal sealed record Parameter(string Name, IReadOnlyList<string> Description, IReadOnlyList<ParameterFacts> Facts)
{
    public ParameterFacts? FactsIn(string? set) =>
        Facts.FirstOrDefault(facts => facts.Sets.Count == 0 || (set is not null && facts.Sets.Contains(set)));
}

internal sealed record ParameterFacts(string Type)
{
    public IReadOnlyList<string> Sets { get; init; } = [];
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public IReadOnlyList<string> Values { get; init; } = [];
    public bool Required { get; init; }
    public int? Position { get; init; }
    public bool PipelineByValue { get; init; }
    public bool PipelineByPropertyName { get; init; }
    public bool Wildcards { get; init; }
    public string? Default { get; init; }

    public bool IsSwitch => Type == "SwitchParameter";
    public bool IsList => Type.EndsWith("[]", StringComparison.Ordinal);
}
