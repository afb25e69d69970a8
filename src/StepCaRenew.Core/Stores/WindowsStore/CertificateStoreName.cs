using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>A certificate store: of the machine or of the current user, with its name.</summary>
/// <param name="Location">The machine or the user.</param>
/// <param name="Name">The name, such as <c>My</c> or <c>WebHosting</c>.</param>
internal sealed record CertificateStoreName(StoreLocation Location, string Name)
{
    private const string Drive = @"Cert:\";
    private const string Examples = @"Write LocalMachine\My, LocalMachine\WebHosting or CurrentUser\My.";

    // Names are not case-sensitive; these are written as Windows writes them.
    private static readonly string[] Known = ["My", "WebHosting"];

    // Whatever is in them is trusted, or is an issuer.
    private static readonly string[] OfAuthorities = ["Root", "AuthRoot", "CA", "Disallowed", "TrustedPublisher", "TrustedPeople", "ClientAuthIssuer", "SmartCardRoot"];

    /// <summary>The name as users write it: <c>LocalMachine\My</c>.</summary>
    public string Text => $@"{Location}\{Name}";

    /// <summary>The path of PowerShell: <c>Cert:\LocalMachine\My</c>.</summary>
    public string Path => Drive + Text;

    /// <summary>The store with the intermediate certificates of the same location.</summary>
    public CertificateStoreName Intermediates => new(Location, "CA");

    /// <summary>The scope whose accounts can change the store.</summary>
    public RenewalScope Scope => Location == StoreLocation.LocalMachine ? RenewalScope.Machine : RenewalScope.CurrentUser;

    /// <summary>Reads a name; <c>Cert:\</c> may precede it, and a slash can separate its parts.</summary>
    /// <exception cref="RenewalException">It is not the name of a store for certificates with keys (<see cref="ErrorId.StoreInvalid"/>).</exception>
    public static CertificateStoreName Parse(string text)
    {
        var plain = text.Replace('/', '\\');
        if (plain.StartsWith(Drive, StringComparison.OrdinalIgnoreCase))
            plain = plain[Drive.Length..];
        var parts = plain.Split('\\');
        if (parts.Length != 2 || FindLocation(parts[0]) is not { } location || parts[1].Trim().Length == 0 || parts[1].Any(character => char.IsControl(character) || "*?[]:\"<>|.".Contains(character, StringComparison.Ordinal)))
            throw new RenewalException(ErrorId.StoreInvalid, $"'{text}' is not the name of a certificate store.", Examples);
        if (OfAuthorities.Contains(parts[1], StringComparer.OrdinalIgnoreCase))
            throw new RenewalException(ErrorId.StoreInvalid, $"'{text}' is a store for certificates of authorities: a certificate with its key does not belong there.", Examples);
        return new(location, Known.FirstOrDefault(known => known.Equals(parts[1], StringComparison.OrdinalIgnoreCase)) ?? parts[1]);
    }

    /// <summary>Whether a store is the same; case does not matter.</summary>
    public bool Equals(CertificateStoreName? other) => other is not null && Location == other.Location && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Location, StringComparer.OrdinalIgnoreCase.GetHashCode(Name));

    private static StoreLocation? FindLocation(string text) =>
        text.Equals(nameof(StoreLocation.LocalMachine), StringComparison.OrdinalIgnoreCase) ? StoreLocation.LocalMachine
        : text.Equals(nameof(StoreLocation.CurrentUser), StringComparison.OrdinalIgnoreCase) ? StoreLocation.CurrentUser
        : null;
}
