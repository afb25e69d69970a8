using System.Runtime.Versioning;
using StepCaRenew.FileSystem;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Finds other programs on this machine that renew a certificate: two would overwrite each other's files.</summary>
internal sealed class ForeignRenewals
{
    private readonly LinuxPaths paths;

    /// <summary>Looks on this machine.</summary>
    public ForeignRenewals()
        : this(new LinuxPaths())
    {
    }

    internal ForeignRenewals(LinuxPaths paths) => this.paths = paths;

    /// <summary>
    /// Finds all programs on Linux that renew the same certificate: a running <c>step ca renew --daemon</c>, an enabled
    /// <c>cert-renewer@</c> timer, and lines of crontabs.
    /// </summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <returns>A sentence for each; empty on other systems.</returns>
    public IReadOnlyList<string> Find(string certificatePath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        return OperatingSystem.IsLinux() && SamePath.Resolve(certificatePath) is { } certificate
            ? [.. RenewDaemons.Find(paths, certificate), .. RenewerTimers.Find(paths, certificate), .. RenewCronLines.Find(paths, certificate)]
            : [];
    }

    /// <summary>Finds running daemons only: they keep the key of their start, which does not match after <c>-Rekey</c>.</summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <returns>A sentence for each; empty on other systems than Linux.</returns>
    public IReadOnlyList<string> FindDaemons(string certificatePath)
    {
        ArgumentNullException.ThrowIfNull(certificatePath);
        return OperatingSystem.IsLinux() && SamePath.Resolve(certificatePath) is { } certificate ? [.. RenewDaemons.Find(paths, certificate)] : [];
    }
}

/// <summary>Compares paths by the file that they lead to.</summary>
[SupportedOSPlatform("linux")]
internal static class SamePath
{
    /// <summary>The file at the end of all links; null if there is none.</summary>
    public static string? Resolve(string path)
    {
        try
        {
            return RealPath.Follow(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
