using System.Text.RegularExpressions;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem;
using StepCaRenew.Stores;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Registration;

/// <summary>Finds registered renewals by name, in the scopes that the user of this process can run.</summary>
internal static class RegisteredNames
{
    /// <summary>
    /// The scopes in order of preference: for an administrator first that of the machine, for another user first that of the
    /// user. Renewals of the machine can run as a user.
    /// </summary>
    public static IReadOnlyList<DefinitionStore> Stores(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        RenewalScope[] scopes = Environment.IsPrivilegedProcess ? [RenewalScope.Machine, RenewalScope.CurrentUser] : [RenewalScope.CurrentUser, RenewalScope.Machine];
        // With STEPCARENEW_HOME both scopes share one folder.
        if (environment(RenewalFolders.HomeVariable) is { Length: > 0 })
            scopes = [scopes[0]];
        return [.. scopes.Select(scope => new DefinitionStore(RenewalFolders.ForScope(scope, environment)))];
    }

    /// <summary>The matching renewals in the folders of this process.</summary>
    /// <param name="matches">Whether a name matches.</param>
    /// <exception cref="RenewalException">A folder of definitions cannot be read.</exception>
    public static IReadOnlyList<(DefinitionStore Store, string Name)> Find(Func<string, bool> matches)
    {
        var found = new List<(DefinitionStore Store, string Name)>();
        foreach (var store in Stores(CaSettingsResolver.FromProcess))
        {
            foreach (var name in store.Names().Where(matches).Where(name => Concerns(store, name)))
                found.Add((store, name));
        }

        return found;
    }

    /// <summary>The error of a name that is not registered.</summary>
    public static RenewalException NotRegistered(string name) => new(
        ErrorId.NotRegistered, $"No renewal '{name}' is registered.", "List registered renewals with Get-StepRenewalTask, or register this one with Register-StepRenewalTask.");

    // Of the renewals of the machine, a user sees those that run as that user; they can be read.
    private static bool Concerns(DefinitionStore store, string name)
    {
        if (store.Folders.Scope == RenewalScope.CurrentUser || Environment.IsPrivilegedProcess)
            return true;
        try
        {
            return RenewalName.IsValid(name) && store.Load(name) is { Scope: RenewalScope.Machine, RunAs: not null } definition && RunAccount.IsThisAccount(definition);
        }
        catch (RenewalException)
        {
            return false;
        }
    }
}

/// <summary>The names of registered renewals. They are valid file names on every system and never need quoting.</summary>
internal static partial class RenewalName
{
    /// <summary>Names ignore case, as file names do on Windows.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Whether a text is a valid name.</summary>
    public static bool IsValid(string name) => Form().IsMatch(name) && !Device().IsMatch(name) && !name.EndsWith('.');

    /// <summary>Requires a valid name.</summary>
    /// <exception cref="RenewalException">The name is not valid (<see cref="ErrorId.NameInvalid"/>).</exception>
    public static void RequireValid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsValid(name))
            return;
        var why = Form().IsMatch(name)
            ? name.EndsWith('.') ? "it ends with a dot, which Windows removes" : "it is the name of a device on Windows"
            : "it must begin with a letter or digit and have at most 64 letters, digits, dots, underscores and hyphens";
        throw new RenewalException(ErrorId.NameInvalid, $"'{Printable(name)}' is not a valid name of a renewal: {why}.", "Choose a name such as web or web.example.com.");
    }

    private static string Printable(string name) => string.Concat(name.Take(80).Select(one => char.IsControl(one) ? '?' : one));

    // \z, not $, which would allow a line feed at the end.
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();

    // With any extension: nul.json is the device too.
    [GeneratedRegex(@"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|\z)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Device();
}

/// <summary>The certificates of the registered renewals that this process can read. They are read once, when they are needed.</summary>
internal sealed class RegisteredCertificates(Func<string, string?> environment)
{
    private readonly Lazy<IReadOnlyList<(string Name, RenewalDefinition Definition, PairLocation Pair, string Target)>> all = new(() =>
    [
        .. RegisteredNames.Stores(environment)
            .SelectMany(store => Names(store).SelectMany(name => Load(store, name).Select(one => (name, one, one.ToRequest(password: null).Location, TargetOf(one.CertificatePath))))),
    ]);

    /// <summary>The pairs.</summary>
    public IEnumerable<PairLocation> Pairs => all.Value.Select(one => one.Pair);

    /// <summary>The name of a renewal that is registered for a certificate, by whichever path; null if there is none.</summary>
    public string? FindName(string certificatePath) => FindName(certificatePath, _ => true);

    /// <summary>The same among some names.</summary>
    internal string? FindName(string certificatePath, Func<string, bool> matches)
    {
        if (all.Value.Count == 0)
            return null;
        var target = TargetOf(certificatePath);
        return all.Value.FirstOrDefault(one => matches(one.Name) && PathNames.AreSame(one.Target, target)).Name;
    }

    /// <summary>The names of the renewals whose certificate in place has a serial number.</summary>
    /// <param name="serialNumber">The serial number, decimal.</param>
    public IReadOnlyList<string> FindNamesBySerialNumber(string serialNumber) => [.. all.Value.Where(one => TryReadSerialNumber(one.Definition) == serialNumber).Select(one => one.Name)];

    /// <summary>The name of another renewal that writes a file, as its certificate, its key or a publication; null if none does.</summary>
    internal string? FindWriter(string path, string name)
    {
        var target = TargetOf(path);
        return all.Value.FirstOrDefault(one => !RenewalName.Comparer.Equals(one.Name, name) && one.Pair.Published.Append(one.Pair.KeyPath ?? KeyPathConvention.FindNextTo(one.Pair.CertificatePath)).OfType<string>().Select(TargetOf).Append(one.Target).Any(written => PathNames.AreSame(written, target))).Name;
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

    // One for each certificate.
    private static IReadOnlyList<RenewalDefinition> Load(DefinitionStore store, string name)
    {
        try
        {
            if (!RenewalName.IsValid(name))
                return [];
            var definition = store.Load(name);
            return [.. definition.FindCertificates().Select(definition.For)];
        }
        catch (RenewalException)
        {
            return [];
        }
    }

    private static string? TryReadSerialNumber(RenewalDefinition definition)
    {
        try
        {
            using var certificate = definition.LoadCertificate();
            return SerialNumber.ToDecimal(certificate.Leaf);
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    /// <summary>The file that a path leads to; the path itself if it leads nowhere.</summary>
    internal static string TargetOf(string path)
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
