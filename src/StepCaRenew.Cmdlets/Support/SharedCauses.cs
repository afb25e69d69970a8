namespace StepCaRenew.Cmdlets.Support;

/// <summary>Causes that hold for all certificates of a call, such as a missing CA URL: the first certificate reports one for all.</summary>
internal sealed class SharedCauses
{
    private static readonly HashSet<string> Settings =
    [
        ErrorId.CaUrlMissing, ErrorId.CaUrlInvalid, ErrorId.RootMissing, ErrorId.RootInvalid, ErrorId.RootFingerprintMismatch, ErrorId.ContextNotFound, ErrorId.StepConfigInvalid,
    ];

    private static readonly HashSet<string> Connections = [ErrorId.CaUnreachable, ErrorId.CaTimeout, ErrorId.CaUntrusted, ErrorId.CaNotFound, ErrorId.ProxyRefused];

    private readonly HashSet<string> reported = [];

    /// <summary>Whether the settings of the call are the cause, and no certificate.</summary>
    public static bool IsOfTheCall(RenewalException error) => Settings.Contains(error.ErrorId);

    /// <summary>Whether a certificate before this one has reported the same.</summary>
    public bool WasReported(RenewalException error) =>
        (Settings.Contains(error.ErrorId) || Connections.Contains(error.ErrorId)) && !reported.Add($"{error.ErrorId}: {error.Message}");
}
