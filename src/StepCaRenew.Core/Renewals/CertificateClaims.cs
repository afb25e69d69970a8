using Microsoft.Extensions.Logging;
using StepCaRenew.Files;
using StepCaRenew.Logging;

namespace StepCaRenew.Renewals;

/// <summary>Which registered renewals renew a certificate already: two schedules for one would do the same work twice.</summary>
/// <param name="environment">The environment variables.</param>
/// <param name="logger">Told what -Force lets pass.</param>
internal sealed class CertificateClaims(Func<string, string?> environment, ILogger logger)
{
    /// <summary>Demands that no other name is registered for the certificate; with force, it is a warning.</summary>
    /// <exception cref="RenewalException">One is (<see cref="ErrorId.CertificateRegistered"/>).</exception>
    public void RequireUnclaimed(Registration registration, bool isForced)
    {
        var definition = registration.Definition;
        if (Find(definition) is not { } other)
            return;
        var message = $"'{definition.CertificatePath}' is renewed by the registered renewal '{other}' already.";
        if (!isForced)
            throw new RenewalException(
                ErrorId.CertificateRegistered, message, $"To change that one, register it again: Register-StepRenewalTask {other}. To have two schedules for one certificate: -Force.");
        TaskLog.Warned(logger, $"{definition.Name}: {message} -Force was given, so that both do.");
    }

    private string? Find(RenewalDefinition definition)
    {
        var target = TargetOf(definition.CertificatePath);
        return RegisteredNames.Stores(environment)
            .SelectMany(store => Names(store).Where(name => !RenewalName.Comparer.Equals(name, definition.Name)).Select(name => (Name: name, Path: PathOf(store, name))))
            .FirstOrDefault(other => other.Path is not null && PathNames.AreSame(TargetOf(other.Path), target)).Name;
    }

    // What cannot be read is a matter of those who look at it.
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
