using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>What else renews a certificate on this machine: two that do would replace each other's work.</summary>
public sealed class ForeignRenewals
{
    private readonly LinuxPaths paths;

    /// <summary>Looks at this machine.</summary>
    public ForeignRenewals()
        : this(new LinuxPaths())
    {
    }

    internal ForeignRenewals(LinuxPaths paths) => this.paths = paths;

    /// <summary>
    /// Finds everything else on Linux that renews the same certificate: a running <c>step ca renew --daemon</c>, an enabled
    /// <c>cert-renewer@</c> timer, and lines of crontabs.
    /// </summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <returns>A sentence for each; none on other systems.</returns>
    public IReadOnlyList<string> Find(string certificatePath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        return OperatingSystem.IsLinux() && SamePath.Resolve(certificatePath) is { } certificate
            ? [.. RenewDaemons.Find(paths, certificate), .. RenewerTimers.Find(paths, certificate), .. RenewCronLines.Find(paths, certificate)]
            : [];
    }

    /// <summary>Finds running daemons only: with the key of their start they overwrite what <c>-Rekey</c> makes.</summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <returns>A sentence for each; none on other systems than Linux.</returns>
    public IReadOnlyList<string> FindDaemons(string certificatePath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        return OperatingSystem.IsLinux() && SamePath.Resolve(certificatePath) is { } certificate ? [.. RenewDaemons.Find(paths, certificate)] : [];
    }
}
