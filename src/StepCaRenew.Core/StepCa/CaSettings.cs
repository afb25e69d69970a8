namespace StepCaRenew.StepCa;

/// <summary>Where the CA is and what is trusted, with every question answered.</summary>
/// <param name="Url">The CA's address, https, without a path.</param>
/// <param name="RootPath">The file of the root certificate, or a folder or a comma-separated list of such files.</param>
/// <param name="Fingerprint">The SHA-256 fingerprint that the root must have, lower-case hexadecimal; null if none is configured.</param>
public sealed record CaSettings(Uri Url, string RootPath, string? Fingerprint)
{
    /// <summary>The host as the user wrote it: the CA compares the names in a token by case, and <see cref="Uri"/> lowers them.</summary>
    public string Host { get; init; } = Url.HostNameType == UriHostNameType.Dns ? Url.IdnHost : Url.Host;

    /// <summary>The registered renewal that these settings come from; null in a call by hand.</summary>
    public string? RegisteredName { get; init; }

    /// <summary>The address as text, with the host as the user wrote it.</summary>
    public string Address => new CaAddress(Url, Host).Text;

    /// <summary>The address of one of the CA's endpoints.</summary>
    /// <param name="path">The path with its slash, such as <c>/renew</c>.</param>
    public Uri Endpoint(string path) => new(Url.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>
    /// What to do about a root certificate that is not the CA's any more: a registered renewal keeps its own copy, which no
    /// command of <c>step</c> replaces.
    /// </summary>
    /// <param name="usual">The advice for a call by hand.</param>
    internal string RootRemedy(string usual) => RegisteredName is null ? usual
        : $"The registered renewal '{RegisteredName}' keeps its own copy of the root certificate. If the CA has a new root, run 'step ca bootstrap --force' and register the renewal again (Register-StepRenewalTask).";
}
