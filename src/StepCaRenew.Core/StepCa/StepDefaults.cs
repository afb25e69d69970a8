using System.Text.Json;

namespace StepCaRenew.StepCa;

/// <summary>The values of step's <c>defaults.json</c> files; the keys are the names of step's flags.</summary>
internal sealed class StepDefaults
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);

    /// <summary>Reads the files that exist; what comes later overrides.</summary>
    /// <exception cref="RenewalException">A file can't be read or is not JSON.</exception>
    public static StepDefaults Load(IEnumerable<string> files)
    {
        var defaults = new StepDefaults();
        foreach (var (name, value) in files.Where(File.Exists).SelectMany(file => StepJson.Read(file, Texts)))
            defaults.values[name] = value;

        return defaults;
    }

    /// <summary>The value of a flag, or null.</summary>
    public string? this[string flag] => values.GetValueOrDefault(flag) is { Length: > 0 } value ? value : null;

    private static List<(string Name, string Value)> Texts(JsonElement root) =>
        [.. root.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.String).Select(property => (property.Name, property.Value.GetString()!))];
}
