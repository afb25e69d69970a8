namespace StepCaRenew.FollowUps.Actions;

/// <summary>The errors of actions.</summary>
internal static class ActionErrors
{
    /// <summary>The action cannot run; found before anything was changed.</summary>
    public static RenewalException Invalid(string message, string remedy) => new(ErrorId.ActionInvalid, message, remedy);

    /// <summary>Another run has held the lock of the actions for longer than their time limits.</summary>
    public static RenewalException LeftTooLong(string certificatePath) => new(
        ErrorId.ActionFailed, $"The actions after the renewal of '{certificatePath}' are pending, and another process has held their lock for longer than their time limits.",
        "Find the process that holds the lock (lslocks shows it) and end it if it hangs; the next run then runs the actions.");

    /// <summary>The action failed. The message begins with the action; the runner adds the certificate.</summary>
    /// <param name="action">The action.</param>
    /// <param name="reason">Why it failed, as a sentence.</param>
    /// <param name="e">The cause.</param>
    /// <param name="publicReason">The reason without the output of a program, for the state that all users can read; null if the reason holds no output.</param>
    /// <param name="remedy">Null for the usual one.</param>
    public static RenewalException Failed(ActionDefinition action, string reason, Exception? e = null, string? publicReason = null, string? remedy = null) =>
        Failed($"{action.Description} failed: {reason}", publicReason is null ? null : $"{action.Description} failed: {publicReason}", remedy, e);

    /// <summary>The program of the action ended with an error code.</summary>
    public static RenewalException ExitCode(ActionDefinition action, int code, string reason, string? publicReason)
    {
        var failure = $"{action.Description} failed with exit code {code}";
        return Failed(WithReason(failure, reason), WithReason(failure, publicReason), remedy: null, e: null);
    }

    /// <summary>The same failure of an action or a publication, with the certificates that it follows.</summary>
    public static RenewalException ForCertificates(IReadOnlyList<string> certificates, RenewalException failure)
    {
        var start = certificates.Count switch
        {
            1 => $"{certificates[0]} was renewed, but its",
            2 => $"{certificates[0]} and {certificates[1]} were renewed, but their",
            var count => $"{certificates[0]} and {count - 1} other certificates were renewed, but their",
        };
        return new RenewalException(failure.ErrorId, $"{start} {failure.Message}", failure.Remedy, failure) { PublicMessage = failure.PublicMessage is { } message ? $"{start} {message}" : null };
    }

    private static RenewalException Failed(string message, string? publicMessage, string? remedy, Exception? e) => new(
        ErrorId.ActionFailed, message, remedy ?? "The new certificate stays in place. Fix the cause; the next run retries the action without renewing again.", e)
    {
        PublicMessage = publicMessage,
    };

    private static string WithReason(string failure, string? reason) => string.IsNullOrEmpty(reason) ? $"{failure}." : $"{failure}: {reason}";
}
