namespace StepCaRenew.Actions;

/// <summary>The two ways in which an action goes wrong.</summary>
internal static class ActionErrors
{
    /// <summary>It can't be run at all; found before anything was changed.</summary>
    public static RenewalException Invalid(string message, string remedy) => new(ErrorId.ActionInvalid, message, remedy);

    /// <summary>Another run has had the actions for longer than they may take.</summary>
    public static RenewalException LeftTooLong(string certificatePath) => new(
        ErrorId.ActionFailed, $"The actions after the renewal of '{certificatePath}' are pending, and another process holds their lock for longer than they may take.",
        "Find the process that holds the lock (lslocks shows it) and end it if it hangs; the next run then runs the actions.");

    /// <summary>It was run, and failed; the new certificate stands.</summary>
    /// <param name="action">The action.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="e">The cause.</param>
    /// <param name="publicReason">The reason without the output of a program, for readers of the public state; null if the reason holds no output.</param>
    public static RenewalException Failed(ActionDefinition action, string reason, Exception? e = null, string? publicReason = null) => new(
        ErrorId.ActionFailed, $"{action.Description}: {reason}",
        "The new certificate is in its place and stays. Mend the cause; the next run with the same action tries it again, without renewing.", e)
    {
        PublicMessage = publicReason is null ? null : $"{action.Description}: {publicReason}",
    };
}
