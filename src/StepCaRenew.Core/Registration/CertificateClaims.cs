using Microsoft.Extensions.Logging;
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

    private string? Find(RenewalDefinition definition) =>
        new RegisteredCertificates(environment).FindName(definition.CertificatePath, name => !RenewalName.Comparer.Equals(name, definition.Name));
}
