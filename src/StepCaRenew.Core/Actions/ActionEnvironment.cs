using System.Globalization;

namespace StepCaRenew.Actions;

/// <summary>The environment variables that tell a program what was renewed.</summary>
internal static class ActionEnvironment
{
    /// <summary>Windows takes 32,767 characters in one variable, Linux 131,071 bytes.</summary>
    public const int MaximumLength = 32_000;

    /// <summary>
    /// The variables of one action. Over several certificates each holds one line per certificate, in the same order;
    /// one that would grow too long is left out.
    /// </summary>
    public static IReadOnlyDictionary<string, string?> Describe(IReadOnlyList<ActionSubject> subjects) => new Dictionary<string, string?>
    {
        ["STEPCARENEW_COUNT"] = subjects.Count.ToString(CultureInfo.InvariantCulture),
        ["STEPCARENEW_NAME"] = Lines(subjects, one => one.Name),
        ["STEPCARENEW_CERTIFICATE_PATH"] = Lines(subjects, one => one.CertificatePath),
        ["STEPCARENEW_KEY_PATH"] = Lines(subjects, one => one.KeyPath),
        ["STEPCARENEW_OLD_SERIAL"] = Lines(subjects, one => one.OldSerialNumber),
        ["STEPCARENEW_SERIAL"] = Lines(subjects, one => one.SerialNumber),
        ["STEPCARENEW_OLD_THUMBPRINT"] = Lines(subjects, one => one.OldThumbprint),
        ["STEPCARENEW_THUMBPRINT"] = Lines(subjects, one => one.Thumbprint),
        ["STEPCARENEW_NOT_AFTER"] = Lines(subjects, one => one.NotAfter.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
    };

    // An empty variable can't be told from a missing one on Windows, so there is none where nothing is known.
    private static string? Lines(IReadOnlyList<ActionSubject> subjects, Func<ActionSubject, string?> value)
    {
        var lines = string.Join('\n', subjects.Select(value));
        return lines.Length > MaximumLength || lines.All(character => character == '\n') ? null : lines;
    }
}
