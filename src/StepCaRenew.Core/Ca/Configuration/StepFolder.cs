using System.Text.Json;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The configuration folder of step, and the context in use.</summary>
/// <param name="Base">The folder: <c>$STEPPATH</c>, else <c>~/.step</c>.</param>
/// <param name="Authority">The folder of the context's authority in <c>authorities/</c>; without a context, <paramref name="Base"/>.</param>
/// <param name="Profile">The folder of the context's profile; null without a context.</param>
internal sealed record StepFolder(string Base, string Authority, string? Profile)
{
    /// <summary>The files of default values, the strongest last.</summary>
    public IEnumerable<string> DefaultsFiles =>
        new[] { Authority, Profile }.OfType<string>().Select(folder => Path.Combine(folder, "config", "defaults.json"));

    /// <summary>The file where step keeps the root certificate.</summary>
    public string RootPath => Path.Combine(Authority, "certs", "root_ca.crt");

    /// <summary>Finds the folder and the context.</summary>
    /// <exception cref="RenewalException">The context does not exist, or a file cannot be read.</exception>
    public static StepFolder Find(CaOptions options, Func<string, string?> environment)
    {
        var path = Path.GetFullPath(
            options.StepPath ?? environment("STEPPATH")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".step"),
            options.WorkingFolder ?? Environment.CurrentDirectory);
        var name = options.Context ?? environment("STEP_CONTEXT") ?? CurrentContext(Path.Combine(path, "current-context.json")) ?? OnlyContext(ContextsFile(path));
        return name is null ? new StepFolder(path, path, null) : ForContext(path, name);
    }

    private static StepFolder ForContext(string path, string name)
    {
        var file = ContextsFile(path);
        if (!File.Exists(file))
            throw Unknown(name, $"there is no '{file}'");
        return StepJson.Read(file, contexts =>
        {
            if (!contexts.TryGetProperty(name, out var context) || context.ValueKind != JsonValueKind.Object)
                throw Unknown(name, $"'{file}' contains {string.Join(", ", contexts.EnumerateObject().Select(known => $"'{known.Name}'"))}");
            return new StepFolder(
                path,
                Path.Combine(path, "authorities", Text(context, "authority") ?? name),
                Path.Combine(path, "profiles", Text(context, "profile") ?? name));
        });
    }

    private static string ContextsFile(string path) => Path.Combine(path, "contexts.json");

    private static string? CurrentContext(string file) => File.Exists(file) ? StepJson.Read(file, root => Text(root, "context")) : null;

    // step uses the only context, and asks if there are several.
    private static string? OnlyContext(string file) =>
        File.Exists(file) ? StepJson.Read(file, contexts => contexts.EnumerateObject().Select(context => context.Name).Take(2).ToList() is [var only] ? only : null) : null;

    // Go's reader ignores the case of these keys.
    private static string? Text(JsonElement element, string property) =>
        element.EnumerateObject().LastOrDefault(one => one.Name.Equals(property, StringComparison.OrdinalIgnoreCase)).Value is { ValueKind: JsonValueKind.String } value
            && value.GetString() is { Length: > 0 } text ? text : null;

    private static RenewalException Unknown(string name, string why) => new(
        ErrorId.ContextNotFound, $"There is no step context '{name}': {why}.", "Use a context that 'step context list' shows, or give -CaUrl and -Root.");
}

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

/// <summary>Reads a JSON file of the step configuration.</summary>
internal static class StepJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads a file whose root is an object; <paramref name="select"/> gets the object.</summary>
    /// <exception cref="RenewalException">The file cannot be read, or is not a JSON object.</exception>
    public static T Read<T>(string path, Func<JsonElement, T> select)
    {
        var text = TextFile.Decode(InputFile.Read(path, "step configuration").Bytes);
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? select(document.RootElement) : throw new JsonException("it is not an object");
        }
        // GetString throws InvalidOperationException for an escaped half of a surrogate pair.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new RenewalException(
                ErrorId.StepConfigInvalid, $"The step configuration '{path}' cannot be read: {e.Message}", "Fix the file, or create it again with 'step ca bootstrap'.", e);
        }
    }
}
