using StepCaRenew.FileSystem;

namespace StepCaRenew.FollowUps.Publications;

/// <summary>The errors of publications.</summary>
internal static class PublicationErrors
{
    /// <summary>The publication can never succeed as it is; found before anything was changed.</summary>
    public static RenewalException Invalid(string message, string remedy, Exception? e = null) => new(ErrorId.PublicationInvalid, message, remedy, e);

    /// <summary>The pair does not have what the form needs. The message is a clause, as the cause of a failure.</summary>
    public static RenewalException CannotBeMade(string reason, string remedy) => new(ErrorId.PublicationInvalid, reason, remedy);

    /// <summary>The file does not hold what was written.</summary>
    public static RenewalException Different(string path) => new(
        ErrorId.WriteFailed, $"'{path}' does not hold what was written.", "Check the volume, and which other program writes the file.");

    /// <summary>The publication failed. The message begins with the publication; the runner adds the certificate.</summary>
    public static RenewalException Failed(Publication publication, Exception e)
    {
        var cause = e as RenewalException ?? (e is IOException or UnauthorizedAccessException ? Refusals.ForThisPlatform.Explain(e, publication.Path) : null);
        return new RenewalException(
            ErrorId.PublicationFailed, $"{publication.Description} failed: {cause?.Message ?? e.Message}",
            $"{cause?.Remedy ?? "Fix the cause."} The next run publishes it without renewing again; the actions wait for it.", e);
    }
}
