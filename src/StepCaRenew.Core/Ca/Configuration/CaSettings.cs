namespace StepCaRenew.Ca.Configuration;

/// <summary>The resolved settings of a CA.</summary>
/// <param name="Url">The CA's address, https, without a path.</param>
/// <param name="RootPath">The file of the root certificate, or a folder or a comma-separated list of such files.</param>
/// <param name="Fingerprint">The SHA-256 fingerprint that the root must have, lower-case hexadecimal; null if none is configured.</param>
internal sealed record CaSettings(Uri Url, string RootPath, string? Fingerprint)
{
    /// <summary>The host as the user wrote it: the CA compares the name in a token case-sensitively, and <see cref="Uri"/> lowers it.</summary>
    public string Host { get; init; } = Url.HostNameType == UriHostNameType.Dns ? Url.IdnHost : Url.Host;

    /// <summary>The registered renewal that these settings are from; null for an interactive call.</summary>
    public string? RegisteredName { get; init; }

    /// <summary>The address as text, with the host as the user wrote it.</summary>
    public string Address => new CaAddress(Url, Host).Text;

    /// <summary>The URL of an endpoint of the CA, such as <c>/renew</c>.</summary>
    public Uri Endpoint(string path) => new(Url.AbsoluteUri.TrimEnd('/') + path);

    /// <summary>
    /// The remedy if the root certificate is not the CA's any more. A registered renewal has its own copy, which <c>step</c>
    /// does not replace.
    /// </summary>
    /// <param name="usual">The remedy for an interactive call.</param>
    internal string RootRemedy(string usual) => RegisteredName is null ? usual
        : $"The registered renewal '{RegisteredName}' uses its own copy of the root certificate. If the CA has a new root, run 'step ca bootstrap --force' and register the renewal again (Register-StepRenewalTask).";
}
