using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Policy;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>Reads definitions; whatever is wrong with one is told with its line and its property.</summary>
internal static class DefinitionReader
{
    /// <summary>The properties of a definition, in the order in which they are written.</summary>
    public static readonly string[] Properties =
    [
        "$schema", "name", "scope", "certificate", "key", "keyPasswordFile", "ca", "when", "rekey", "keyAlgorithm", "interval", "runAs", "runAsSid", "scheduler", "pwsh", "module",
        "actions", "actionTimeout", "lockTimeout", "retryTimeout", "healthCheckUriFile", "logPath",
    ];

    /// <summary>Reads a definition.</summary>
    /// <param name="name">The name of its file.</param>
    /// <param name="file">The file.</param>
    /// <param name="folders">Where it lies; null where its place says nothing.</param>
    /// <exception cref="RenewalException">It breaks the schema (<see cref="ErrorId.DefinitionInvalid"/>).</exception>
    public static RenewalDefinition Read(string name, InputFile file, RenewalFolders? folders = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        try
        {
            return Read(name, LocatedJson.Parse(TextFile.Decode(file.Bytes)), folders);
        }
        catch (LocatedJsonException e)
        {
            throw new RenewalException(
                ErrorId.DefinitionInvalid, $"'{file.Path}', line {e.Line}{(e.Path.Length > 0 ? $", property '{e.Path}'" : string.Empty)}: {e.Message}.",
                "Mend the file (its $schema says what may stand in it), or register the renewal anew, with -Force.", e);
        }
    }

    private static RenewalDefinition Read(string name, LocatedJson json, RenewalFolders? folders)
    {
        var root = new JsonSection(json, Properties);
        if (root.Text("name") is { } named && !RenewalName.Comparer.Equals(named, name))
            throw JsonSection.Wrong(root.Find("name")!, $"it says '{named}', but the file is that of '{name}'");
        root.Text("$schema");
        var (rule, ca) = (Rule(root), Ca(root));
        return new RenewalDefinition
        {
            Name = name,
            Scope = Scope(root, folders),
            CertificatePath = root.Demand("certificate", root.FullPath("certificate")),
            KeyPath = root.FullPath("key"),
            KeyPasswordFile = root.FullPath("keyPasswordFile"),
            Ca = ca.Options,
            UseToken = ca.UseToken,
            Rule = rule,
            Rekey = root.Flag("rekey"),
            KeyAlgorithm = KeyAlgorithm(root),
            Interval = Interval(root),
            RunAs = root.Text("runAs"),
            RunAsSid = Sid(root),
            Scheduler = OneOf(root, "scheduler", [.. SchedulerKind.All]),
            PwshPath = root.FullPath("pwsh"),
            ModulePath = root.FullPath("module"),
            Actions = [.. root.Items("actions").Select(DefinitionActions.Read)],
            ActionTimeout = root.Parsed("actionTimeout", Duration.ParsePositive),
            LockTimeout = root.Parsed("lockTimeout", Duration.ParseNotNegative),
            RetryTimeout = root.Parsed("retryTimeout", Duration.ParseNotNegative),
            HealthCheckUriFile = root.FullPath("healthCheckUriFile"),
            LogPath = root.FullPath("logPath"),
        };
    }

    private static RenewalScope Scope(JsonSection root, RenewalFolders? folders)
    {
        if (OneOf(root, "scope", nameof(RenewalScope.Machine), nameof(RenewalScope.CurrentUser)) is not { } text)
            return folders?.Scope ?? RenewalScope.Machine;
        var scope = Enum.Parse<RenewalScope>(text);
        return folders is null or { IsShared: true } || folders.Scope == scope ? scope : throw JsonSection.Wrong(root.Find("scope")!, $"it says {scope}, but the file lies where those of {folders.Scope} are");
    }

    private static RenewalRule Rule(JsonSection root)
    {
        if (root.Find("when") is not { } json)
            return RenewalRule.Default;
        var when = new JsonSection(json, "expiresIn", "renewAt");
        if (when.Has("expiresIn") == when.Has("renewAt"))
            throw when.Wrong("it holds exactly one of expiresIn and renewAt");
        return when.Parsed("expiresIn", Duration.ParsePositive) is { } remaining
            ? new RenewalRule.ExpiresIn(remaining)
            : new RenewalRule.ElapsedPercent(when.Parsed("renewAt", Percentage.Parse)!.Value);
    }

    private static (CaOptions Options, bool UseToken) Ca(JsonSection root)
    {
        if (root.Find("ca") is not { } json)
            return (new CaOptions(), false);
        var ca = new JsonSection(json, "url", "root", "fingerprint", "stepPath", "context", "useToken");
        if (ca.Text("url") is { } url)
            ca.Try("url", () => CaSettingsResolver.ParseUrl(url));
        var fingerprint = ca.Text("fingerprint");
        if (fingerprint is not null && !(fingerprint.Length == 64 && fingerprint.All(char.IsAsciiHexDigit)))
            throw JsonSection.Wrong(ca.Find("fingerprint")!, "it is no SHA-256 fingerprint: 64 hexadecimal digits");
        return (new CaOptions { CaUrl = ca.Text("url"), RootPath = ca.FullPath("root"), Fingerprint = fingerprint, StepPath = ca.FullPath("stepPath"), Context = ca.Text("context") }, ca.Flag("useToken"));
    }

    private static string? KeyAlgorithm(JsonSection root)
    {
        var algorithm = OneOf(root, "keyAlgorithm", [.. KeyAlgorithms.Names]);
        return algorithm is null || root.Flag("rekey") ? algorithm : throw JsonSection.Wrong(root.Find("keyAlgorithm")!, "it goes with \"rekey\": true");
    }

    private static string? Sid(JsonSection root) =>
        root.Text("runAsSid") is not { } sid ? null
        : !AccountSpelling.IsSid(sid) ? throw JsonSection.Wrong(root.Find("runAsSid")!, $"'{sid}' is not a SID")
        : root.Has("runAs") ? sid
        : throw JsonSection.Wrong(root.Find("runAsSid")!, "it goes with runAs");

    private static TimeSpan? Interval(JsonSection root) =>
        OneOf(root, "interval", [.. ScheduleInterval.All.Select(ScheduleInterval.Format)]) is { } text ? ScheduleInterval.Parse(text) : null;

    private static string? OneOf(JsonSection section, string name, params string[] values) =>
        section.Text(name) is not { } text ? null
        : values.Contains(text) ? text
        : throw JsonSection.Wrong(section.Find(name)!, $"'{text}' is none of {string.Join(", ", values)}");
}
