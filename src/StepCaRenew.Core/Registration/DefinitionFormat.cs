using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using StepCaRenew.Accounts;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Inspection;
using StepCaRenew.Json;

namespace StepCaRenew.Registration;

/// <summary>Reads and writes definitions. Errors name the file, the line and the property; default values are not written.</summary>
internal static class DefinitionFormat
{
    private static readonly Lazy<byte[]> SchemaContent = new(() =>
    {
        using var stream = typeof(DefinitionFormat).Assembly.GetManifestResourceStream("renewal.schema.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    });

    internal static readonly JsonTypeInfo<RenewalDefinition> Type = (JsonTypeInfo<RenewalDefinition>)new JsonSerializerOptions(DefinitionJson.Default.Options)
    {
        TypeInfoResolver = DefinitionJson.Default.WithAddedModifier(OmitDefaults),
    }.GetTypeInfo(typeof(RenewalDefinition));

    /// <summary>The JSON schema, which is written next to the definitions for editors.</summary>
    public static ReadOnlySpan<byte> Schema => SchemaContent.Value;

    /// <summary>Reads a definition.</summary>
    /// <param name="folders">The folders of its scope; null if the place of the file does not decide about the scope.</param>
    /// <exception cref="RenewalException">The file does not match the schema (<see cref="ErrorId.DefinitionInvalid"/>).</exception>
    public static RenewalDefinition Read(string name, InputFile file, RenewalFolders? folders = null)
    {
        JsonOutline? outline = null;
        try
        {
            var bytes = Encoding.UTF8.GetBytes(TextFile.Decode(file.Bytes));
            outline = JsonOutline.Read(bytes);
            return Check(JsonSerializer.Deserialize(bytes, Type)!, name, outline, folders);
        }
        catch (JsonException e)
        {
            throw Invalid(file.Path, e, outline);
        }
    }

    /// <summary>The content of a definition's file.</summary>
    public static byte[] Render(RenewalDefinition definition) => JsonText.Render(json => JsonSerializer.Serialize(json, definition, Type));

    // The rules for several properties together.
    private static RenewalDefinition Check(RenewalDefinition definition, string name, JsonOutline outline, RenewalFolders? folders)
    {
        if (definition is { CertificatePath: "", Certificates: null })
            throw new InvalidValueException("'certificate' is missing", "$");
        if (definition.Certificates is { } set)
            CheckSet(definition, set);
        if (definition.Name is { Length: > 0 } named && !RenewalName.Comparer.Equals(named, name))
            throw new InvalidValueException($"it is '{named}', but the file is that of '{name}'", "$.name");
        if (definition.FindConflict() is var (property, problem))
            throw new InvalidValueException(problem, $"$.{property}");
        if (definition.RunAsSid is not null && definition.RunAs is null)
            throw new InvalidValueException("it needs runAs", "$.runAsSid");
        var scope = outline.Has("$.scope") ? definition.Scope : folders?.Scope ?? RenewalScope.Machine;
        if (folders is { IsShared: false } && folders.Scope != scope)
            throw new InvalidValueException($"it is {scope}, but the file is in the folder of {folders.Scope}", "$.scope");
        return definition with { Name = name, Scope = scope };
    }

    private static void CheckSet(RenewalDefinition definition, CertificateSet set)
    {
        if (definition.CertificatePath is { Length: > 0 })
            throw new InvalidValueException("'certificate' and 'certificates' exclude each other", "$.certificates");
        if (set.Path.Length == 0)
            throw new InvalidValueException("'path' is missing", "$.certificates");
        if (definition.KeyPath is not null)
            throw new InvalidValueException("one key cannot be that of several certificates", "$.key");
        if (definition.Publications.Count > 0)
            throw new InvalidValueException("several certificates would overwrite each other in one file", "$.publications");
    }

    private static RenewalException Invalid(string file, JsonException exception, JsonOutline? outline)
    {
        // The outline reads the whole text first: without it, the text is not JSON.
        var problem = outline is null ? exception as InvalidValueException : InvalidValueException.FromSerializer(exception, Type);
        var path = problem is null ? "$" : exception.Path + problem.InnerPath;
        var line = outline?.LineOf(path) ?? (exception.LineNumber + 1) ?? 1;
        var reason = problem is null ? SyntaxError(exception.Message) : problem.ExpectedKind is { } expected ? $"it is {outline!.KindOf(path)} instead of {expected}" : problem.Message;
        return new RenewalException(
            ErrorId.DefinitionInvalid, $"'{file}', line {line}{(path.Length > 2 ? $", property '{path[2..]}'" : string.Empty)}: {reason}.",
            "Fix the file (its $schema describes it), or register the renewal again with -Force.", exception);
    }

    // The platform adds its own position, from zero.
    private static string SyntaxError(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = (end < 0 ? message : message[..end]).TrimEnd('.');
        return reason.Length == 0 ? "it is not JSON" : char.ToLowerInvariant(reason[0]) + reason[1..];
    }

    private static void OmitDefaults(JsonTypeInfo type)
    {
        if (type.Type == typeof(CertificateSet))
            type.Properties.Single(property => property.Name == "exclude").ShouldSerialize = (_, names) => names is IReadOnlyCollection<string> { Count: > 0 };
        if (type.Type != typeof(RenewalDefinition))
            return;
        var defaults = new RenewalDefinition();
        type.Properties.Single(property => property.Name == "certificate").ShouldSerialize = (_, path) => path is not "";
        foreach (var property in type.Properties.Where(property => !property.PropertyType.IsValueType && property.Get?.Invoke(defaults) is not (null or string)))
        {
            var usual = property.Get!(defaults);
            property.ShouldSerialize = (_, value) => !(Equals(value, usual) || value is IReadOnlyCollection<object> { Count: 0 });
        }
    }
}

/// <summary>The serializer of definitions. Unknown properties are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip,
    Converters = [typeof(PlainTextConverter), typeof(FlagConverter), typeof(RuleConverter), typeof(ActionConverter), typeof(PublicationConverter), typeof(NotifierConverter), typeof(ServerConverter)])]
[JsonSerializable(typeof(RenewalDefinition))]
[JsonSerializable(typeof(RuleProperties))]
[JsonSerializable(typeof(ActionProperties))]
[JsonSerializable(typeof(PublicationProperties))]
[JsonSerializable(typeof(NotifierProperties))]
internal sealed partial class DefinitionJson : JsonSerializerContext;
