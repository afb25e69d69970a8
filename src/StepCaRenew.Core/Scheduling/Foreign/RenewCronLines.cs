using System.Runtime.Versioning;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;
using StepCaRenew.Scheduling.Systemd;

namespace StepCaRenew.Scheduling.Foreign;

/// <summary>Lines of crontabs that run <c>step ca renew</c> or <c>step ca rekey</c>.</summary>
[SupportedOSPlatform("linux")]
internal static class RenewCronLines
{
    private const int LongestLine = 10_000;

    public static IEnumerable<string> Find(LinuxPaths paths, string certificate) =>
        Crontabs(paths).Where(file => Read(file).Any(line => Renews(line, HomeOf(file, line, paths), certificate)))
            .Select(file => $"A line of '{file}' also renews '{certificate}' (step ca renew). Remove the line once this renewal is registered.");

    private static IEnumerable<string> Crontabs(LinuxPaths paths) =>
        new[] { paths.SystemCrontab }.Concat(new[] { paths.CronFolder }.Concat(paths.CronSpools).SelectMany(Files)).Where(File.Exists);

    private static IEnumerable<string> Files(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Only root has permission to list the crontabs of all users.
            return [];
        }
    }

    private static IEnumerable<string> Read(string file)
    {
        try
        {
            return File.ReadAllLines(file).Select(line => line.TrimStart()).Where(line => line.Length is > 0 and < LongestLine && line[0] != '#' && line.Contains("step", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Renews(string line, string folder, string certificate)
    {
        // ";" can follow a word without a space.
        var words = UnitWords.Split(line.Replace(";", " ; ", StringComparison.Ordinal));
        if (StepCommand.Parse(words) is not { } command)
            return false;
        for (var i = 0; i + 1 < words.Count; i++)
        {
            if (words[i] == "cd")
                folder = Path.Combine(folder, words[i + 1]);
        }

        return command.Files.Any(file => SamePath.Resolve(Path.Combine(folder, file)) == certificate);
    }

    // cron starts commands in the home of the account, which is the sixth word of a line of the machine's crontabs, else the file name.
    private static string HomeOf(string file, string line, LinuxPaths paths)
    {
        var isSpool = paths.CronSpools.Contains(Path.GetDirectoryName(file));
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        var account = isSpool ? Path.GetFileName(file) : words.ElementAtOrDefault(line[0] == '@' ? 1 : 5);
        return (account is null ? null : LinuxUser.Find(account)?.Home) ?? "/";
    }
}
