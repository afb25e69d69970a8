using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.Policy;

namespace StepCaRenew.Ca.Configuration;

/// <summary>
/// The other settings of a renewal in <c>step</c>'s environment and configuration: <c>STEP_PASSWORD_FILE</c> and
/// <c>STEP_EXPIRES_IN</c>, else <c>password-file</c> and <c>expires-in</c> in defaults.json.
/// </summary>
/// <param name="PasswordFile">The full path of the file with the key's password; null if not configured.</param>
/// <param name="ExpiresIn">Renew if no more than this time remains; null if not configured.</param>
internal sealed record StepParameters(string? PasswordFile, TimeSpan? ExpiresIn)
{
    private const string PasswordFlag = "password-file";
    private const string ExpiresInFlag = "expires-in";

    /// <summary>Reads the settings. A configuration that cannot be read is ignored here, and reported when the CA is asked.</summary>
    /// <exception cref="RenewalException">The value is not a duration (<see cref="ErrorId.InvalidDuration"/>).</exception>
    public static StepParameters Read(CaOptions options, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        var (password, expiresIn) = (environment("STEP_PASSWORD_FILE"), environment("STEP_EXPIRES_IN"));
        var defaults = password is null || expiresIn is null ? FindDefaults(options, environment) : null;
        password ??= defaults?[PasswordFlag];
        return new StepParameters(
            password is null ? null : Path.GetFullPath(password, options.WorkingFolder ?? Environment.CurrentDirectory),
            expiresIn is not null ? Parse(expiresIn, "STEP_EXPIRES_IN") : defaults?[ExpiresInFlag] is { } text ? Parse(text, $"{ExpiresInFlag} in defaults.json") : null);
    }

    private static StepDefaults? FindDefaults(CaOptions options, Func<string, string?> environment)
    {
        try
        {
            var files = StepFolder.Find(options, environment).DefaultsFiles.Where(MayMatter).ToList();
            return files.Count > 0 ? StepDefaults.Load(files) : null;
        }
        catch (RenewalException)
        {
            return null;
        }
    }

    // Few files contain these keys; for the others the JSON reader, which most runs do not need, is not loaded.
    private static bool MayMatter(string file)
    {
        if (!File.Exists(file))
            return false;
        var text = TextFile.Decode(InputFile.Read(file, "step configuration").Bytes);
        return text.Contains(PasswordFlag, StringComparison.Ordinal) || text.Contains(ExpiresInFlag, StringComparison.Ordinal);
    }

    // As in step, zero means not configured.
    private static TimeSpan? Parse(string text, string source)
    {
        try
        {
            return Duration.ParseNotNegative(text) is var duration && duration > TimeSpan.Zero ? duration : null;
        }
        catch (RenewalException e)
        {
            throw new RenewalException(e.ErrorId, $"{source}: {e.Message}", e.Remedy, e);
        }
    }
}
