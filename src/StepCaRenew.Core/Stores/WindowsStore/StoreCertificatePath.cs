namespace StepCaRenew.Stores.WindowsStore;

/// <summary>How a certificate is found in a store.</summary>
internal enum StoreSelector
{
    /// <summary>By its thumbprint, or as the successor of the certificate with it.</summary>
    Thumbprint,

    /// <summary>By its friendly name: the newest one.</summary>
    FriendlyName,

    /// <summary>By its subject: the newest one.</summary>
    Subject,
}

/// <summary>
/// A certificate in a store as a path: <c>Cert:\LocalMachine\My\0F2E…</c>, as PowerShell writes it, and in the same form
/// <c>Cert:\LocalMachine\My\FriendlyName=web</c> and <c>Cert:\LocalMachine\My\Subject=CN=web.example.com</c>.
/// </summary>
/// <param name="Store">The store.</param>
/// <param name="By">How it is found.</param>
/// <param name="Value">The thumbprint, the friendly name or the subject.</param>
internal sealed record StoreCertificatePath(CertificateStoreName Store, StoreSelector By, string Value)
{
    private const string Drive = @"Cert:\";
    private const string Provider = @"Microsoft.PowerShell.Security\Certificate::";
    private const int ThumbprintLength = 40;

    /// <summary>The path.</summary>
    public string Text => By == StoreSelector.Thumbprint ? $@"{Store.Path}\{Value}" : $@"{Store.Path}\{By}={Value}";

    /// <summary>Whether a text is a path in a certificate store, not in the file system. A backslash or a slash ends the drive.</summary>
    public static bool IsInStore(string path) =>
        path.StartsWith(Provider, StringComparison.OrdinalIgnoreCase)
        || (path.Length >= Drive.Length && path.StartsWith(Drive[..^1], StringComparison.OrdinalIgnoreCase) && path[Drive.Length - 1] is '\\' or '/');

    /// <summary>Reads the path of a certificate.</summary>
    /// <exception cref="RenewalException">It is the path of something else in a store (<see cref="ErrorId.StoreInvalid"/>).</exception>
    public static StoreCertificatePath Parse(string path)
    {
        var inside = path.StartsWith(Provider, StringComparison.OrdinalIgnoreCase) ? path[Provider.Length..] : path[Drive.Length..];
        // The friendly name can have slashes of its own.
        var parts = inside.Split(['\\', '/'], 3);
        if (parts.Length < 3)
            throw Invalid(path, null);
        var store = CertificateStoreName.Parse($@"{parts[0]}\{parts[1]}");
        foreach (var by in new[] { StoreSelector.FriendlyName, StoreSelector.Subject })
        {
            if (parts[2].StartsWith($"{by}=", StringComparison.OrdinalIgnoreCase) && parts[2].Length > $"{by}=".Length)
                return new(store, by, parts[2][$"{by}=".Length..]);
        }

        return FromThumbprint(store, parts[2], path);
    }

    /// <summary>The path of the certificate with a thumbprint.</summary>
    /// <param name="store">The store.</param>
    /// <param name="thumbprint">The thumbprint; spaces, as dialogs of Windows show them, are ignored.</param>
    /// <param name="given">The text of the user, for the message.</param>
    /// <exception cref="RenewalException">It is not a thumbprint.</exception>
    public static StoreCertificatePath FromThumbprint(CertificateStoreName store, string thumbprint, string given)
    {
        // The dialog of Windows also copies an invisible mark in front of it.
        var plain = string.Concat(thumbprint.Where(character => character is not (' ' or '\u200E'))).ToUpperInvariant();
        return plain.Length == ThumbprintLength && plain.All(char.IsAsciiHexDigit) ? new(store, StoreSelector.Thumbprint, plain) : throw Invalid(given, null);
    }

    private static RenewalException Invalid(string path, Exception? e) => new(
        ErrorId.StoreInvalid, $"'{path}' is not the path of a certificate in a store.", @"Write Cert:\LocalMachine\My\ and the thumbprint, or give -Store with -FriendlyName, -Subject or -Thumbprint.", e);
}

/// <summary>The certificate that parameters name in a store.</summary>
internal static class StoreSelection
{
    /// <summary>The path of the certificate; null if none of the three is given.</summary>
    /// <exception cref="RenewalException">Several are given, or the thumbprint is not one.</exception>
    public static StoreCertificatePath? TryRead(CertificateStoreName store, string? friendlyName, string? subject, string? thumbprint)
    {
        if (new[] { friendlyName, subject, thumbprint }.OfType<string>().Count() > 1)
            throw new RenewalException(ErrorId.ConflictingParameters, "Several of -FriendlyName, -Subject and -Thumbprint were given for one certificate in a store.", "Give one of them.");
        return thumbprint is not null ? StoreCertificatePath.FromThumbprint(store, thumbprint, thumbprint)
            : friendlyName is not null ? new(store, StoreSelector.FriendlyName, friendlyName)
            : subject is not null ? new(store, StoreSelector.Subject, subject)
            : null;
    }
}
