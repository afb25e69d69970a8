using System.Globalization;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>The environment variables that describe the renewed certificates to a program.</summary>
internal static class ActionEnvironment
{
    /// <summary>The longest value: Windows allows 32,767 characters in one variable, Linux 131,071 bytes.</summary>
    public const int MaximumLength = 32_000;

    /// <summary>
    /// The variables of one action: one line per certificate, in the same order in every variable. A variable that would be
    /// too long is removed.
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

    // Windows does not distinguish an empty variable from a missing one, so a variable without a value is removed.
    private static string? Lines(IReadOnlyList<ActionSubject> subjects, Func<ActionSubject, string?> value)
    {
        var lines = string.Join('\n', subjects.Select(value));
        return lines.Length > MaximumLength || lines.All(character => character == '\n') ? null : lines;
    }
}

/// <summary>The renewal that an action follows, as its environment variables describe it.</summary>
/// <remarks>Thumbprints are SHA-1, as Windows shows them. The old one is not known if another program has replaced the certificate.</remarks>
internal sealed record ActionSubject(
    string Name, string CertificatePath, string KeyPath, string OldSerialNumber, string SerialNumber, string? OldThumbprint, string Thumbprint, DateTimeOffset NotAfter);
