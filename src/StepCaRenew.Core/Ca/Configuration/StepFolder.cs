using System.Text.Json;
using StepCaRenew.Accounts;

namespace StepCaRenew.Ca.Configuration;

/// <summary>The configuration folder of step, and the context in use.</summary>
/// <param name="Base">The folder: <c>$STEPPATH</c>, else <c>~/.step</c>.</param>
/// <param name="Authority">The folder of the context's authority in <c>authorities/</c>; without a context, <paramref name="Base"/>.</param>
/// <param name="Profile">The folder of the context's profile; null without a context.</param>
internal sealed record StepFolder(string Base, string Authority, string? Profile)
{
    /// <summary>The name of the context; null without contexts.</summary>
    public string? Context { get; private init; }

    /// <summary>The files of default values, the strongest last.</summary>
    public IEnumerable<string> DefaultsFiles =>
        new[] { Authority, Profile }.OfType<string>().Select(folder => Path.Combine(folder, "config", "defaults.json"));

    /// <summary>The file where step keeps the root certificate.</summary>
    public string RootPath => Path.Combine(Authority, "certs", "root_ca.crt");

    /// <summary>Finds the folder and the context.</summary>
    /// <exception cref="RenewalException">The context does not exist, or a file cannot be read.</exception>
    public static StepFolder Find(CaOptions options, Func<string, string?> environment)
    {
        var path = BasePath(options, environment);
        var name = options.Context ?? environment("STEP_CONTEXT") ?? CurrentContext(CurrentContextFile(path)) ?? OnlyContext(ContextsFile(path));
        return name is null ? new StepFolder(path, path, null) : ForContext(path, name);
    }

    /// <summary>Finds the folder for a CA that is to be configured; its context may be new.</summary>
    /// <param name="options">The options of the call.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="usualContext">The name of the context if none is given, and the folder has contexts.</param>
    /// <exception cref="RenewalException">There is no home folder, the name cannot be used, or a file cannot be read.</exception>
    public static StepFolder FindNew(CaOptions options, Func<string, string?> environment, string usualContext)
    {
        if (options.StepPath is null && environment("STEPPATH") is null && !CurrentUser.HasHome)
            throw new RenewalException(
                ErrorId.HomeMissing, $"{CurrentUser.Name} has no home folder for the step configuration: HOME is not set, and there is no entry in passwd.", "Give -StepPath, or set STEPPATH.");
        var path = BasePath(options, environment);
        var file = ContextsFile(path);
        var known = File.Exists(file) ? StepJson.Read(file, contexts => contexts.EnumerateObject().Select(context => context.Name).ToList()) : [];
        if ((options.Context ?? environment("STEP_CONTEXT") ?? (known.Count > 0 ? usualContext : null)) is not { } name)
            return new StepFolder(path, path, null);
        if (known.Contains(name))
            return ForContext(path, name);
        RequireUsable(name);
        return new StepFolder(path, Path.Combine(path, "authorities", name), Path.Combine(path, "profiles", name)) { Context = name };
    }

    /// <summary>The file with the names of the contexts.</summary>
    public string ContextsPath => ContextsFile(Base);

    /// <summary>The file with the name of the context in use.</summary>
    public string CurrentContextPath => CurrentContextFile(Base);

    private static string BasePath(CaOptions options, Func<string, string?> environment) => Path.GetFullPath(
        options.StepPath ?? environment("STEPPATH")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".step"),
        options.WorkingFolder ?? Environment.CurrentDirectory);

    // The name is also that of two folders.
    private static void RequireUsable(string name)
    {
        if (name.Length == 0 || name.Trim() != name || name.Trim('.').Length == 0 || name.Any(char.IsControl)
            || name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name.AsSpan().IndexOfAny('/', '\\') >= 0)
            throw new RenewalException(ErrorId.NameInvalid, $"'{name}' cannot be the name of a step context: it is also the name of a folder.", "Give another name with -Context.");
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
                Path.Combine(path, "profiles", Text(context, "profile") ?? name))
            { Context = name };
        });
    }

    private static string ContextsFile(string path) => Path.Combine(path, "contexts.json");

    private static string CurrentContextFile(string path) => Path.Combine(path, "current-context.json");

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
