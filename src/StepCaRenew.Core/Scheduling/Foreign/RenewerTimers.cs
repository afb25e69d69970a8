using System.Runtime.Versioning;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Finds enabled timers of the template <c>cert-renewer@</c> from step's documentation.</summary>
[SupportedOSPlatform("linux")]
internal static class RenewerTimers
{
    private const string Prefix = "cert-renewer@";
    private const string Variable = "CERT_LOCATION=";

    public static IEnumerable<string> Find(LinuxPaths paths, string certificate) =>
        Enabled(paths).Where(instance => SamePath.Resolve(CertificateOf(paths, instance)) == certificate)
            .Select(instance => $"The enabled timer {Prefix}{instance}.timer also renews '{certificate}'. Run 'systemctl disable --now {Prefix}{instance}.timer' once this renewal is registered.");

    private static IEnumerable<string> Enabled(LinuxPaths paths) => !Directory.Exists(paths.SystemUnits)
        ? []
        : Directory.EnumerateDirectories(paths.SystemUnits, "*.wants")
            .SelectMany(wants => Directory.EnumerateFileSystemEntries(wants, $"{Prefix}*.timer"))
            .Select(link => Path.GetFileNameWithoutExtension(link)[Prefix.Length..])
            .Distinct(StringComparer.Ordinal);

    // Later assignments win: the unit, then drop-ins of the template, then those of the instance.
    private static string CertificateOf(LinuxPaths paths, string instance)
    {
        var location = Files(paths, instance)
            .SelectMany(file => UnitFile.Parse(Read(file)))
            .Where(entry => entry.Key == "Environment")
            .SelectMany(entry => UnitWords.Split(entry.Value))
            .LastOrDefault(word => word.StartsWith(Variable, StringComparison.Ordinal))?[Variable.Length..] ?? "/etc/step/certs/%i.crt";
        return location.Replace("%i", instance, StringComparison.Ordinal).Replace("%I", UnitName.Unescape(instance), StringComparison.Ordinal).Replace("%%", "%", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Files(LinuxPaths paths, string instance)
    {
        var (template, own) = ($"{Prefix}.service", $"{Prefix}{instance}.service");
        var unit = new[] { own, template }.SelectMany(name => paths.UnitFolders.Select(folder => Path.Combine(folder, name))).Where(File.Exists).Take(1);
        return unit.Concat(new[] { template, own }.SelectMany(name => paths.UnitFolders.Reverse().Select(folder => Path.Combine(folder, $"{name}.d")))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal)));
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
