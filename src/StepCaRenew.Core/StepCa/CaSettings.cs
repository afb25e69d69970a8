namespace StepCaRenew.StepCa;

/// <summary>Where the CA is and what is trusted, with every question answered.</summary>
/// <param name="Url">The CA's address, https, without a slash at its end.</param>
/// <param name="RootPath">The file of the root certificate.</param>
/// <param name="Fingerprint">The SHA-256 fingerprint that the root must have, lower-case hexadecimal; null where none is configured.</param>
public sealed record CaSettings(Uri Url, string RootPath, string? Fingerprint)
{
    /// <summary>The address of one of the CA's endpoints.</summary>
    /// <param name="path">The path with its slash, such as <c>/renew</c>.</param>
    public Uri Endpoint(string path) => new(Url.AbsoluteUri.TrimEnd('/') + path);
}
