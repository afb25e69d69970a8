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

    /// <summary>Finds a <c>step ca renew --daemon</c> that runs, and an enabled <c>cert-renewer@</c> timer, for the same certificate. On Linux.</summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <returns>A sentence for each; none elsewhere than on Linux.</returns>
    public IReadOnlyList<string> Find(string certificatePath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        if (!OperatingSystem.IsLinux())
            return [];
        var certificate = SamePath.Resolve(certificatePath);
        return certificate is null ? [] : [.. RenewDaemons.Find(paths, certificate), .. RenewerTimers.Find(paths, certificate)];
    }
}
