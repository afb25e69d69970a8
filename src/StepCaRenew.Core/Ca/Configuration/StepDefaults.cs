using System.Text.Json;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The values of step's <c>defaults.json</c> files; the keys are the names of step's flags.</summary>
internal sealed class StepDefaults
{
    private readonly Dictionary<string, (string Text, int File)> values = new(StringComparer.Ordinal);

    /// <summary>Reads the files that exist; later ones override earlier ones.</summary>
    /// <exception cref="RenewalException">A file cannot be read or is not JSON.</exception>
    public static StepDefaults Load(IEnumerable<string> files)
    {
        var defaults = new StepDefaults();
        var number = 0;
        foreach (var file in files.Where(File.Exists))
        {
            foreach (var (name, value) in StepJson.Read(file, Texts))
                defaults.values[name] = (value, number);
            number++;
        }

        return defaults;
    }

    /// <summary>The value of a flag, or null.</summary>
    public string? this[string flag] => values.GetValueOrDefault(flag).Text is { Length: > 0 } value ? value : null;

    /// <summary>Whether a flag is from a weaker file than another flag, and so does not belong to its value.</summary>
    public bool IsOverruled(string flag, string by) =>
        values.TryGetValue(flag, out var one) && values.TryGetValue(by, out var other) && one.File < other.File;

    private static List<(string Name, string Value)> Texts(JsonElement root) =>
        [.. root.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String).Select(property => (property.Name, property.Value.GetString()!))];
}
