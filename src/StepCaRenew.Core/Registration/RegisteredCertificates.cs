using StepCaRenew.FileSystem;

namespace StepCaRenew.Registration;

/// <summary>The certificates of the registered renewals that this process can read. They are read once, when they are needed.</summary>
internal sealed class RegisteredCertificates(Func<string, string?> environment)
{
    private readonly Lazy<IReadOnlyList<(string Name, string Target)>> all = new(() =>
    [
        .. RegisteredNames.Stores(environment)
            .SelectMany(store => Names(store).Select(name => (Name: name, Path: PathOf(store, name))))
            .Where(one => one.Path is not null).Select(one => (one.Name, TargetOf(one.Path!))),
    ]);

    /// <summary>The name of a renewal that is registered for a certificate, by whichever path; null if there is none.</summary>
    public string? FindName(string certificatePath) => FindName(certificatePath, _ => true);

    /// <summary>The same among some names.</summary>
    internal string? FindName(string certificatePath, Func<string, bool> matches)
    {
        var target = TargetOf(certificatePath);
        return all.Value.FirstOrDefault(one => matches(one.Name) && PathNames.AreSame(one.Target, target)).Name;
    }

    // A folder or definition that cannot be read is reported by the commands that use it.
    private static IReadOnlyList<string> Names(DefinitionStore store)
    {
        try
        {
            return store.Names();
        }
        catch (RenewalException)
        {
            return [];
        }
    }

    private static string? PathOf(DefinitionStore store, string name)
    {
        try
        {
            return RenewalName.IsValid(name) ? store.Load(name).CertificatePath : null;
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    private static string TargetOf(string path)
    {
        try
        {
            return TargetPath.Follow(path);
        }
        catch (RenewalException)
        {
            return path;
        }
    }
}
