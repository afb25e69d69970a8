using System.Text.Json;

namespace StepCaRenew.Registration;

/// <summary>An object of a definition while it is read: what is asked for is known, and the rest is an error.</summary>
internal sealed class JsonSection
{
    private readonly LocatedJson json;
    private readonly HashSet<string> known;

    /// <summary>Takes an object.</summary>
    /// <exception cref="LocatedJsonException">It is no object, or holds a property that nobody knows.</exception>
    public JsonSection(LocatedJson json, params string[] known)
    {
        (this.json, this.known) = (json, [.. known]);
        if (json.Kind != JsonValueKind.Object)
            throw Wrong(json, $"it is {NameOf(json.Kind)} instead of an object");
        foreach (var (name, value) in json.Members)
        {
            if (!this.known.Contains(name))
                throw Wrong(value, $"there is no such property; known are {string.Join(", ", known.Order(StringComparer.Ordinal))}");
        }
    }

    /// <summary>Whether a property is there.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A property; null where it is not there.</summary>
    public LocatedJson? Find(string name)
    {
        System.Diagnostics.Debug.Assert(known.Contains(name), name);
        return json.Members.FirstOrDefault(member => member.Name == name).Value;
    }

    /// <summary>A text that is not empty; null where it is not there.</summary>
    public string? Text(string name) => Find(name) is not { } value ? null
        : value.Kind != JsonValueKind.String ? throw Wrong(value, $"it is {NameOf(value.Kind)} instead of a text")
        : value.Text!.Length == 0 ? throw Wrong(value, "it is empty")
        : value.Text.Any(char.IsControl) ? throw Wrong(value, "it holds a control character")
        : value.Text;

    /// <summary>A full path; null where it is not there.</summary>
    public string? FullPath(string name) => Text(name) is not { } path ? null
        : Path.IsPathFullyQualified(path) ? Path.GetFullPath(path)
        : throw Wrong(Find(name)!, $"'{path}' is no full path, and a scheduled run starts in another folder");

    /// <summary>True or false; false where it is not there.</summary>
    public bool Flag(string name) => Find(name)?.Kind switch
    {
        null or JsonValueKind.False => false,
        JsonValueKind.True => true,
        var kind => throw Wrong(Find(name)!, $"it is {NameOf(kind.Value)} instead of true or false"),
    };

    /// <summary>What a parser makes of a text; its complaint becomes one about this property.</summary>
    public T? Parsed<T>(string name, Func<string, T> parse) where T : struct => Text(name) is { } text ? Try(name, () => parse(text)) : null;

    /// <summary>The values of a list; none where it is not there.</summary>
    public IReadOnlyList<LocatedJson> Items(string name) => Find(name) is not { } value ? []
        : value.Kind == JsonValueKind.Array ? value.Items : throw Wrong(value, $"it is {NameOf(value.Kind)} instead of a list");

    /// <summary>A property that must be there.</summary>
    public T Demand<T>(string name, T? value) where T : class => value ?? throw Wrong(json, $"'{name}' is missing");

    /// <summary>Makes a complaint of an error that something else found in a property.</summary>
    public T Try<T>(string name, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (RenewalException e)
        {
            throw Wrong(Find(name) ?? json, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>A complaint about this object.</summary>
    public LocatedJsonException Wrong(string reason) => Wrong(json, reason);

    /// <summary>A complaint about a value.</summary>
    public static LocatedJsonException Wrong(LocatedJson value, string reason) => new(value.Line, value.Path, reason);

    internal static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
