using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps;
using StepCaRenew.Logging;
using StepCaRenew.Policy;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Registration;

/// <summary>A certificate of a renewal at its registration.</summary>
/// <param name="Path">The certificate file.</param>
/// <param name="KeyPath">Its key file.</param>
/// <param name="Interval">The interval that it needs.</param>
/// <param name="Present">The certificate in place.</param>
internal sealed record PlannedCertificate(string Path, string KeyPath, TimeSpan Interval, ServedCertificate Present)
{
    /// <summary>Reads the certificate of a definition.</summary>
    /// <exception cref="RenewalException">It cannot be read or has no key, or no interval is short enough.</exception>
    public static PlannedCertificate Read(RenewalDefinition definition)
    {
        using var certificate = definition.LoadCertificate();
        return new PlannedCertificate(
            definition.CertificatePath, definition.KeyPath ?? KeyPathConvention.FindRequired(certificate),
            ScheduledRuns.IntervalOf(definition, CertificateValidity.FromCertificate(certificate.Leaf)), ServedCertificate.FromCertificate(certificate.Leaf));
    }
}

/// <summary>The certificates of a renewal at its registration. Of several, some can be broken: they do not stop the registration of the others.</summary>
/// <param name="All">Those that can be read.</param>
/// <param name="Problems">The others, each with its error.</param>
internal sealed record PlannedCertificates(IReadOnlyList<PlannedCertificate> All, IReadOnlyList<(string Path, RenewalException Error)> Problems)
{
    // That of a lifetime of 24 hours.
    internal static readonly TimeSpan IntervalOfNone = TimeSpan.FromMinutes(15);

    /// <summary>The interval of the schedule: the shortest.</summary>
    public TimeSpan Interval => All.Count == 0 ? IntervalOfNone : All.Min(certificate => certificate.Interval);

    /// <summary>Reads the certificates.</summary>
    /// <param name="definition">The definition, as the user gave it.</param>
    /// <param name="isForced">Whether a folder without a certificate is registered in advance.</param>
    /// <exception cref="RenewalException">None can be read, or there is none.</exception>
    public static PlannedCertificates Read(RenewalDefinition definition, bool isForced)
    {
        if (definition.Certificates is not { } certificates)
            return new PlannedCertificates([PlannedCertificate.Read(definition)], []);
        var (all, problems) = (new List<PlannedCertificate>(), new List<(string Path, RenewalException Error)>());
        foreach (var path in isForced ? definition.FindCertificates() : certificates.Require(error => problems.Add((certificates.Display, error))))
        {
            try
            {
                all.Add(PlannedCertificate.Read(definition.For(path)));
            }
            // A wrong -Interval is not the fault of a certificate.
            catch (RenewalException e) when (e.ErrorId != ErrorId.IntervalInvalid)
            {
                problems.Add((path, e));
            }
        }

        return all.Count == 0 && problems.Count > 0 && !isForced ? throw problems[0].Error : new PlannedCertificates(all, problems);
    }

    /// <summary>Checks each of several certificates, and warns of those that cannot be renewed.</summary>
    /// <param name="definition">The definition to register.</param>
    /// <param name="log">Takes the warnings.</param>
    /// <param name="check">The checks of one certificate, by the definition for it alone.</param>
    /// <exception cref="RenewalException">None can be renewed.</exception>
    public async Task RequireAnyAsync(RenewalDefinition definition, ILogger log, Func<RenewalDefinition, Task> check)
    {
        var problems = Problems.ToList();
        foreach (var certificate in All)
        {
            try
            {
                await check(definition.For(certificate.Path) with { KeyPath = certificate.KeyPath }).ConfigureAwait(false);
            }
            catch (RenewalException e)
            {
                problems.Add((certificate.Path, e));
            }
        }

        if (All.Count > 0 && problems.Count == All.Count + Problems.Count)
            throw problems[^1].Error;
        foreach (var (path, error) in problems)
            TaskLog.Warned(log, $"{definition.Name}: '{path}' cannot be renewed now, and its runs will fail until it can: {error.Message} {error.Remedy}");
        if (All.Count == 0)
            TaskLog.Warned(log, $"{definition.Name}: there is no certificate in or matching '{definition.Place}' yet. Because of -Force, it is registered anyway; its runs fail until there is one.");
    }
}
