using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.Monitoring;
using StepCaRenew.Permissions;

namespace StepCaRenew.Registration;

/// <summary>The definition files of one scope.</summary>
internal sealed class DefinitionStore(RenewalFolders folders)
{
    private const string NotifierSuffix = ".on-failure-";

    /// <summary>The folders of the scope.</summary>
    public RenewalFolders Folders => folders;

    /// <summary>The sorted names of all definition files, including invalid names and names that differ only in case.</summary>
    /// <exception cref="RenewalException">The folder cannot be read.</exception>
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
            throw new RenewalException(ErrorId.AccessDenied, $"The folder of definitions '{folders.Definitions}' cannot be read: {e.Message}", "Run as a user with permission to read it.", e);
        }
    }

    /// <summary>The name in the case of its file; null if there is none.</summary>
    public string? Find(string name) => Find(Names(), name);

    /// <summary>Reads a definition.</summary>
    /// <exception cref="RenewalException">There is none, it cannot be read, or it does not match the schema.</exception>
    public RenewalDefinition Load(string name)
    {
        RenewalName.RequireValid(name);
        var names = Names();
        var found = Find(names, name) ?? throw RegisteredNames.NotRegistered(name);
        var twin = names.FirstOrDefault(other => other != found && RenewalName.Comparer.Equals(other, found));
        if (twin is not null)
            throw new RenewalException(
                ErrorId.NameInvalid, $"'{folders.DefinitionFile(found)}' and '{folders.DefinitionFile(twin)}' differ only in case, so the name is ambiguous.", "Rename or delete one of them.");
        return DefinitionFormat.Read(found, InputFile.Read(folders.DefinitionFile(found), "definition"), folders);
    }

    /// <summary>Writes a definition, as a whole or not at all.</summary>
    /// <exception cref="RenewalException">The definition cannot be written; the old one is unchanged.</exception>
    public void Save(RenewalDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        RenewalName.RequireValid(definition.Name);
        AtomicFile.Write(Path.Combine(folders.Definitions, RenewalDefinition.SchemaReference), DefinitionFormat.Schema, isPrivate: false);
        var path = folders.DefinitionFile(definition.Name);
        AtomicFile.Write(path, DefinitionFormat.Render(definition), IsPrivate(definition.Name, path));
    }

    /// <summary>
    /// Whether only the account of the run can read a file: those with the URLs of the monitor and of notifiers, which are secrets;
    /// on Windows also the definition, since it has the arguments of programs.
    /// </summary>
    internal bool IsPrivate(string name, string path) => path == MonitorFile(name) || IsNotifierFile(name, path) || (OperatingSystem.IsWindows() && path == folders.DefinitionFile(name));

    /// <summary>Deletes a definition, and the files that registration wrote next to it.</summary>
    public void Delete(string name)
    {
        foreach (var path in Companions(name).Prepend(folders.DefinitionFile(name)).Where(File.Exists))
            AtomicFile.Delete(path);
    }

    /// <summary>The copy of the root of the CA, which the definition names.</summary>
    internal string RootFile(string name) => Path.Combine(folders.Definitions, name + ".root.crt");

    /// <summary>The file with the URL of the monitor, which is a secret.</summary>
    internal string MonitorFile(string name) => Path.Combine(folders.Definitions, name + ".health-check");

    /// <summary>The file with the URL of a notifier, which is a secret.</summary>
    /// <param name="number">The place of the notifier in the definition, from 1.</param>
    internal string NotifierFile(string name, int number) => Path.Combine(folders.Definitions, $"{name}{NotifierSuffix}{number}");

    /// <summary>The existing files with the URLs of notifiers.</summary>
    internal IReadOnlyList<string> NotifierFiles(string name)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folders.Definitions, $"{name}{NotifierSuffix}*").Where(path => IsNotifierFile(name, path)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // A name can contain a dot: the files of another renewal do not end with a number alone.
    private bool IsNotifierFile(string name, string path)
    {
        var start = Path.Combine(folders.Definitions, name + NotifierSuffix);
        return path.Length > start.Length && path.StartsWith(start, StringComparison.Ordinal) && path[start.Length..].All(char.IsAsciiDigit);
    }

    private static string? Find(IReadOnlyList<string> names, string name) =>
        names.FirstOrDefault(one => one == name) ?? names.FirstOrDefault(one => RenewalName.Comparer.Equals(one, name));

    private string[] Companions(string name) => [RootFile(name), MonitorFile(name), .. NotifierFiles(name)];
}

/// <summary>The file with the URL of a monitor. The URL is a secret, since anyone who knows it can report success; so it is not in the definition.</summary>
internal static class HealthCheckFile
{
    /// <summary>
    /// Reads the file that registration wrote next to the definition, if only trusted accounts can change it. It is used to
    /// report a refused definition, whose content is not trusted.
    /// </summary>
    /// <returns>Null if there is none, if others can change it, or if it has no URL.</returns>
    public static Uri? TryReadOwn(DefinitionStore store, string name)
    {
        try
        {
            if (!RenewalName.IsValid(name))
                return null;
            var path = store.MonitorFile(store.Find(name) ?? name);
            if (!File.Exists(path))
                return null;
            SafetyCheck.RequireSafeDefinition([new GuardedPath(path, "the file with the URL of the monitor")], TrustedAccounts.ForThisProcess());
            return Read(path);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>Reads the URL.</summary>
    /// <exception cref="RenewalException">The file cannot be read or has no URL. The message does not show its content.</exception>
    public static Uri Read(string path) => SecretAddress.Read(path, "the monitor");
}
