namespace StepCaRenew.Cmdlets.Support;

/// <summary>Errors that concern all certificates of a call, such as a missing CA URL: only the first certificate reports such an error.</summary>
internal sealed class SharedCauses
{
    private static readonly HashSet<string> Settings =
    [
        ErrorId.CaUrlMissing, ErrorId.CaUrlInvalid, ErrorId.RootMissing, ErrorId.RootInvalid, ErrorId.RootFingerprintMismatch, ErrorId.ContextNotFound, ErrorId.StepConfigInvalid,
    ];

    private static readonly HashSet<string> Connections = [ErrorId.CaUnreachable, ErrorId.CaTimeout, ErrorId.CaUntrusted, ErrorId.CaNotFound, ErrorId.ProxyRefused];

    private readonly HashSet<string> reported = [];

    /// <summary>Whether the settings of the call are the cause, not one certificate.</summary>
    public static bool IsCausedByCall(RenewalException error) => Settings.Contains(error.ErrorId);

    /// <summary>Whether an earlier certificate has reported the same error.</summary>
    public bool WasReported(RenewalException error) =>
        (Settings.Contains(error.ErrorId) || Connections.Contains(error.ErrorId)) && !reported.Add($"{error.ErrorId}: {error.Message}");
}
