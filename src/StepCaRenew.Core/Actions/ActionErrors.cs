namespace StepCaRenew.Actions;

/// <summary>The two ways in which an action goes wrong.</summary>
internal static class ActionErrors
{
    /// <summary>It can't be run at all; found before anything was changed.</summary>
    public static RenewalException Invalid(string message, string remedy) => new(ErrorId.ActionInvalid, message, remedy);

    /// <summary>It was run, and failed; the new certificate stands.</summary>
    public static RenewalException Failed(ActionDefinition action, string reason, Exception? e = null) => new(
        ErrorId.ActionFailed, $"{action.Description}: {reason}",
        "The new certificate is in its place and stays. Mend the cause; the next run with the same action tries it again, without renewing.", e);
}
