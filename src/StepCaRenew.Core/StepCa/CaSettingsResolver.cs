using StepCaRenew.Safety;

namespace StepCaRenew.StepCa;

/// <summary>
/// Answers where the CA is and what is trusted, as <c>step</c> does: parameter, then environment
/// (<c>STEP_CA_URL</c>, <c>STEP_ROOT</c>, <c>STEP_FINGERPRINT</c>), then the context's or the folder's defaults.json.
/// </summary>
public static class CaSettingsResolver
{
    /// <summary>Resolves the settings; reads files, asks nothing of the network.</summary>
    /// <param name="options">What the call says.</param>
    /// <param name="environment">The environment variables; <see cref="FromProcess"/> but in tests.</param>
    /// <exception cref="RenewalException">Something is missing or can't be read.</exception>
    public static CaSettings Resolve(CaOptions options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = StepFolder.Find(options, environment);
        var defaults = StepDefaults.Load(folder.DefaultsFiles);
        var url = options.CaUrl ?? environment("STEP_CA_URL") ?? defaults["ca-url"] ?? throw new RenewalException(
            ErrorId.CaUrlMissing,
            $"Nothing says where the CA is: no -CaUrl, no STEP_CA_URL, and {WithoutUrl(options, folder, environment)}.",
            "Run 'step ca bootstrap --ca-url … --fingerprint …' as this user, or give -CaUrl and -Root, or -StepPath.");

        var address = CaAddress.Parse(url);
        var named = options.RootPath ?? environment("STEP_ROOT");
        var root = named ?? defaults["root"] ?? folder.RootPath;
        // A root that was named by hand, or by a profile over its authority, is not the one that the file's fingerprint speaks of.
        var fingerprint = options.Fingerprint ?? environment("STEP_FINGERPRINT")
            ?? (named is null && !defaults.IsOverruled("fingerprint", by: "root") ? defaults["fingerprint"] : null);
        return new CaSettings(
            address.Url, RootFiles.Absolute(root, options.WorkingFolder ?? Environment.CurrentDirectory),
            fingerprint?.Replace(":", string.Empty, StringComparison.Ordinal).ToLowerInvariant())
        { Host = address.Host, RegisteredName = options.RegisteredName };
    }

    private static string WithoutUrl(CaOptions options, StepFolder folder, Func<string, string?> environment) =>
        options.StepPath is null && environment("STEPPATH") is null && !CurrentUser.HasHome
            ? $"no step folder, since {CurrentUser.Name} has no home folder (HOME is not set, and there is no entry in passwd)"
            : $"no ca-url in {string.Join(" or ", folder.DefaultsFiles.Select(file => $"'{file}'"))}";

    /// <summary>A variable of this process; empty ones read as absent.</summary>
    /// <param name="name">The variable's name.</param>
    public static string? FromProcess(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Reads the CA's address.</summary>
    /// <exception cref="RenewalException">It is not an address (<see cref="ErrorId.CaUrlInvalid"/>).</exception>
    internal static Uri ParseUrl(string text) => CaAddress.Parse(text).Url;
}
