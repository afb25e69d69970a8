using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;
using StepCaRenew.Logging;

namespace StepCaRenew.Registration;

/// <summary>Finds registered renewals of the same certificate: two schedules would renew it twice.</summary>
internal sealed class CertificateClaims(Func<string, string?> environment, ILogger logger)
{
    /// <summary>Requires that no other renewal is registered for the certificate; with -Force, logs a warning instead.</summary>
    /// <exception cref="RenewalException">Another one is registered (<see cref="ErrorId.CertificateRegistered"/>).</exception>
    public void RequireUnclaimed(PlannedRegistration registration, bool isForced)
    {
        var definition = registration.Definition;
        if (Find(definition) is not { } other)
            return;
        var message = $"The registered renewal '{other}' already renews '{definition.CertificatePath}'.";
        if (!isForced)
            throw new RenewalException(
                ErrorId.CertificateRegistered, message, $"To change it, register it again: Register-StepRenewalTask {other}. To have two schedules for one certificate, add -Force.");
        TaskLog.Warned(logger, $"{definition.Name}: {message} Because of -Force, both renewals will renew it.");
    }

    private string? Find(RenewalDefinition definition)
    {
        var target = TargetOf(definition.CertificatePath);
        return RegisteredNames.Stores(environment)
            .SelectMany(store => Names(store).Where(name => !RenewalName.Comparer.Equals(name, definition.Name)).Select(name => (Name: name, Path: PathOf(store, name))))
            .FirstOrDefault(other => other.Path is not null && PathNames.AreSame(TargetOf(other.Path), target)).Name;
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
