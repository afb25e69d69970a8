using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Policy;
using StepCaRenew.Text;

namespace StepCaRenew.Inspection;

/// <summary>Finds out whether the root certificates that are trusted for a CA end soon: then nothing can be renewed any more.</summary>
internal static class RootEnd
{
    private static readonly TimeSpan Notice = TimeSpan.FromDays(30);

    /// <summary>A sentence about a root that ends within 30 days; null if it does not, or if no CA is configured or its root cannot be read.</summary>
    /// <param name="options">The CA.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="environment">Reads environment variables.</param>
    public static string? Describe(CaOptions options, TimeProvider clock, Func<string, string?> environment)
    {
        try
        {
            var settings = CaSettingsResolver.Resolve(options, environment);
            using var roots = TrustedRoots.Load(settings);
            // While a CA changes its root, the old one ends first.
            var last = roots.All.MaxBy(root => CertificateValidity.FromCertificate(root).NotAfter)!;
            var end = CertificateValidity.FromCertificate(last).NotAfter;
            return end - clock.GetUtcNow() > Notice ? null
                : $"The root certificate '{last.Subject}' in '{settings.RootPath}' {(end > clock.GetUtcNow() ? "ends" : "ended")} on {MessageTime.LocalWithOffset(end)}; after that, nothing can be renewed with it. {settings.RootRemedy("Get the new root of the CA from its administrator, and run Initialize-StepContext -Force with its fingerprint.")}";
        }
        catch (RenewalException)
        {
            // The cmdlet that needs the root reports the error.
            return null;
        }
    }
}
