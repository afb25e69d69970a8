using StepCaRenew.Accounts;
using StepCaRenew.Ca.Trust;

namespace StepCaRenew.Ca.Configuration;

/// <summary>
/// Resolves the CA's address and root as <c>step</c> does: parameters, then environment variables (<c>STEP_CA_URL</c>,
/// <c>STEP_ROOT</c>, <c>STEP_FINGERPRINT</c>), then defaults.json of the context or the step folder.
/// </summary>
internal static class CaSettingsResolver
{
    /// <summary>Resolves the settings; reads files only, and does not use the network.</summary>
    /// <param name="options">The options of the call.</param>
    /// <param name="environment">Reads environment variables; <see cref="FromProcess"/> except in tests.</param>
    /// <exception cref="RenewalException">A setting is missing, or a file cannot be read.</exception>
    public static CaSettings Resolve(CaOptions options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = StepFolder.Find(options, environment);
        var defaults = StepDefaults.Load(folder.DefaultsFiles);
        var url = options.CaUrl ?? environment("STEP_CA_URL") ?? defaults["ca-url"] ?? throw new RenewalException(
            ErrorId.CaUrlMissing,
            $"No CA URL is configured: no -CaUrl, no STEP_CA_URL, and {WithoutUrl(options, folder, environment)}.",
            "Run Initialize-StepContext -CaUrl … -Fingerprint … as this user, or give -CaUrl and -Root, or -StepPath.");

        var address = CaAddress.Parse(url);
        var named = options.RootPath ?? environment("STEP_ROOT");
        var root = named ?? defaults["root"] ?? folder.RootPath;
        // A fingerprint does not apply to a root from a stronger source: a parameter or variable, or the profile over the authority.
        var fingerprint = options.Fingerprint ?? environment("STEP_FINGERPRINT")
            ?? (named is null && !defaults.IsOverruled("fingerprint", by: "root") ? defaults["fingerprint"] : null);
        return new CaSettings(
            address.Url, RootFiles.Absolute(root, options.WorkingFolder ?? Environment.CurrentDirectory),
            fingerprint is null ? null : RootFingerprint.Normalize(fingerprint))
        { Host = address.Host, RegisteredName = options.RegisteredName, FollowedRootsPath = options.FollowedRootsPath };
    }

    private static string WithoutUrl(CaOptions options, StepFolder folder, Func<string, string?> environment) =>
        options.StepPath is null && environment("STEPPATH") is null && !CurrentUser.HasHome
            ? $"no step folder, since {CurrentUser.Name} has no home folder (HOME is not set, and there is no entry in passwd)"
            : $"no ca-url in {string.Join(" or ", folder.DefaultsFiles.Select(file => $"'{file}'"))}";

    /// <summary>A variable of this process; null if it is empty.</summary>
    public static string? FromProcess(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <summary>Reads the CA's address.</summary>
    /// <exception cref="RenewalException">It is not an address (<see cref="ErrorId.CaUrlInvalid"/>).</exception>
    internal static Uri ParseUrl(string text) => CaAddress.Parse(text).Url;
}
