namespace StepCaRenew.Cmdlets.Support;

/// <summary>A file to work on.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="IsCertain">True if it is taken for a certificate; otherwise it may be a key, a root or a chain.</param>
/// <param name="Source">The path by which it was found.</param>
internal sealed record CertificateInput(string Path, bool IsCertain, InputSource Source);
