using StepCaRenew.Certificates;
using StepCaRenew.Files;

namespace StepCaRenew.Renewals;

/// <summary>The definitions of one scope on disk.</summary>
/// <param name="folders">Where they lie.</param>
public sealed class DefinitionStore(RenewalFolders folders)
{
    /// <summary>Where they lie.</summary>
    public RenewalFolders Folders => folders;

    /// <summary>The names of all definitions, in their order; a name that differs from another by case alone, or is none, comes too.</summary>
    /// <exception cref="RenewalException">The folder may not be read.</exception>
    public IReadOnlyList<string> Names()
    {
        try
        {
            return [.. Directory.EnumerateFiles(folders.Definitions, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(RenewalName.Comparer)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RenewalException(ErrorId.AccessDenied, $"The folder of definitions '{folders.Definitions}' can't be read: {e.Message}", "Run as a user who may read it.", e);
        }
    }

    /// <summary>The name as its file has it; null where none is registered.</summary>
    /// <param name="name">The name, in any case.</param>
    public string? Find(string name) => Find(Names(), name);

    /// <summary>Reads a definition.</summary>
    /// <param name="name">Its name, in any case.</param>
    /// <exception cref="RenewalException">There is none, it can't be read, or it breaks the schema.</exception>
    public RenewalDefinition Load(string name)
    {
        RenewalName.RequireValid(name);
        var names = Names();
        var found = Find(names, name) ?? throw RegisteredNames.NotRegistered(name);
        var twin = names.FirstOrDefault(other => other != found && RenewalName.Comparer.Equals(other, found));
        if (twin is not null)
            throw new RenewalException(
                ErrorId.NameInvalid, $"'{folders.DefinitionFile(found)}' and '{folders.DefinitionFile(twin)}' differ by case alone: nobody can say which one is meant.", "Rename or delete one of them.");
        return DefinitionReader.Read(found, InputFile.Read(folders.DefinitionFile(found), "definition"), folders);
    }

    /// <summary>Writes a definition, whole or not at all.</summary>
    /// <param name="definition">The definition.</param>
    /// <exception cref="RenewalException">It can't be written; the old one stands.</exception>
    public void Save(RenewalDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        RenewalName.RequireValid(definition.Name);
        WholeFile.Write(Path.Combine(folders.Definitions, DefinitionWriter.SchemaReference), RenewalSchema.Bytes, isPrivate: false);
        var path = folders.DefinitionFile(definition.Name);
        WholeFile.Write(path, DefinitionWriter.Render(definition), IsPrivate(definition.Name, path));
    }

    /// <summary>
    /// Whether a file of a renewal is private: the monitor's address, which is a secret; on Windows the definition too, as its
    /// task is, for it holds the arguments of programs.
    /// </summary>
    internal bool IsPrivate(string name, string path) => path == MonitorFile(name) || (OperatingSystem.IsWindows() && path == folders.DefinitionFile(name));

    /// <summary>Deletes a definition, and what registration put beside it.</summary>
    /// <param name="name">Its name.</param>
    public void Delete(string name)
    {
        foreach (var path in Companions(name).Prepend(folders.DefinitionFile(name)).Where(File.Exists))
            WholeFile.Delete(path);
    }

    /// <summary>The copy of the CA's root that a definition names.</summary>
    internal string RootFile(string name) => Path.Combine(folders.Definitions, name + ".root.crt");

    /// <summary>The file with the address of the monitor, which is a secret.</summary>
    internal string MonitorFile(string name) => Path.Combine(folders.Definitions, name + ".health-check");

    private static string? Find(IReadOnlyList<string> names, string name) =>
        names.FirstOrDefault(one => one == name) ?? names.FirstOrDefault(one => RenewalName.Comparer.Equals(one, name));

    private string[] Companions(string name) => [RootFile(name), MonitorFile(name)];
}
