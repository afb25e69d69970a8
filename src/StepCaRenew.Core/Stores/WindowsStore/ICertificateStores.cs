using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>
/// The certificate stores and the key containers of the system. Each method is one change of one of them, or none. No method exports
/// a key, and only <see cref="DeleteKey"/> deletes one.
/// </summary>
internal interface ICertificateStores
{
    /// <summary>Whether keys are in containers of their own, to which certificates refer, as on Windows. Elsewhere a store keeps the key with the certificate.</summary>
    bool HasContainers { get; }

    /// <summary>Whether a store keeps friendly names.</summary>
    bool HasFriendlyNames { get; }

    /// <summary>The certificates of a store; none if there is no such store. No private key is opened.</summary>
    /// <exception cref="RenewalException">The store cannot be read.</exception>
    IReadOnlyList<StoredCertificate> List(CertificateStoreName store);

    /// <summary>Opens the private key of a certificate where it is; null if it has none, or one of another kind than RSA and EC.</summary>
    /// <exception cref="RenewalException">The key cannot be opened.</exception>
    StoredKey? OpenKey(CertificateStoreName store, string thumbprint);

    /// <summary>Opens the key in a container; null if there is none.</summary>
    /// <exception cref="RenewalException">The key cannot be opened.</exception>
    PrivateKey? OpenKey(KeyContainer container);

    /// <summary>Puts a key into a new container, from which it cannot be exported.</summary>
    /// <exception cref="RenewalException">The container cannot be made.</exception>
    PrivateKey CreateKey(KeyContainer container, PrivateKey key);

    /// <summary>Lets accounts read the key in a container.</summary>
    /// <param name="container">The container.</param>
    /// <param name="accounts">SIDs.</param>
    /// <exception cref="RenewalException">The rights cannot be changed.</exception>
    void GrantRead(KeyContainer container, IReadOnlyList<string> accounts);

    /// <summary>Gives a key the rights of another one, for the services that read it.</summary>
    /// <exception cref="RenewalException">The rights cannot be changed.</exception>
    void CopyRights(KeyContainer from, KeyContainer to);

    /// <summary>Requires that this account can change a store. Nothing is changed.</summary>
    /// <exception cref="RenewalException">It cannot.</exception>
    void RequireWritable(CertificateStoreName store);

    /// <summary>Adds a certificate to a store. If it is there, its key and its friendly name are replaced.</summary>
    /// <param name="store">The store.</param>
    /// <param name="certificate">The certificate.</param>
    /// <param name="key">Its key, opened by this instance; null for a certificate alone. It is not copied if it is in a container.</param>
    /// <param name="friendlyName">The friendly name; null for none. It is left out if the stores do not keep such names.</param>
    /// <exception cref="RenewalException">The store cannot be changed.</exception>
    void Add(CertificateStoreName store, X509Certificate2 certificate, PrivateKey? key, string? friendlyName);

    /// <summary>Removes a certificate from a store; its key stays in its container. Does nothing if it is not there.</summary>
    /// <exception cref="RenewalException">The store cannot be changed.</exception>
    void Remove(CertificateStoreName store, string thumbprint);

    /// <summary>Deletes a container with its key; does nothing if there is none.</summary>
    /// <exception cref="RenewalException">It cannot be deleted.</exception>
    void DeleteKey(KeyContainer container);
}

/// <summary>A certificate in a store.</summary>
/// <param name="Der">The certificate.</param>
/// <param name="Thumbprint">SHA-1, as Windows shows it.</param>
/// <param name="PublicKeyId">The id of its public key.</param>
/// <param name="FriendlyName">The friendly name; empty if it has none.</param>
/// <param name="HasKey">Whether the store knows a private key for it.</param>
internal sealed record StoredCertificate(byte[] Der, string Thumbprint, string PublicKeyId, string FriendlyName, bool HasKey);

/// <summary>The private key of a certificate in a store.</summary>
/// <param name="Key">The key; to be disposed.</param>
/// <param name="Container">Its container; null if the store keeps it with the certificate.</param>
internal sealed record StoredKey(PrivateKey Key, KeyContainer? Container) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}

/// <summary>The kind of a key container.</summary>
internal enum KeyProvider
{
    /// <summary>Cryptography Next Generation: Microsoft Software Key Storage Provider.</summary>
    Cng,

    /// <summary>The older cryptographic service provider for TLS, which SQL Server and AD FS need. RSA only.</summary>
    Csp,
}

/// <summary>A named place of a private key on Windows.</summary>
/// <param name="Provider">The kind.</param>
/// <param name="ProviderName">The name of the provider.</param>
/// <param name="Name">The name of the container.</param>
/// <param name="IsMachine">Whether it belongs to the machine, not to a user.</param>
internal sealed record KeyContainer(KeyProvider Provider, string ProviderName, string Name, bool IsMachine)
{
    /// <summary>The CNG provider for keys in software.</summary>
    public const string CngProvider = "Microsoft Software Key Storage Provider";

    /// <summary>The CSP for keys of TLS.</summary>
    public const string CspProvider = "Microsoft RSA SChannel Cryptographic Provider";

    private const string Prefix = "StepCaRenew-";

    // PROV_RSA_AES of wincrypt.h.
    private const string AesProvider = "Microsoft Enhanced RSA and AES Cryptographic Provider";
    private const int AesType = 24;

    /// <summary>Of a CSP: the type of the provider; by default that for TLS.</summary>
    public int ProviderType { get; init; } = 12;

    /// <summary>Of a CSP: the number of the key in the container; by default that for key exchange (AT_KEYEXCHANGE).</summary>
    public int KeyNumber { get; init; } = 1;

    /// <summary>Whether this module has chosen the name.</summary>
    public bool IsOurs => Name.StartsWith(Prefix, StringComparison.Ordinal) && Guid.TryParseExact(Name[Prefix.Length..], "D", out _);

    /// <summary>Whether the provider keeps keys in files of Windows, not in a card or a chip.</summary>
    public bool IsSoftware => Provider == KeyProvider.Csp ? SoftwareProviders.Contains(ProviderName) : ProviderName == CngProvider;

    // wincrypt.h: MS_DEF_RSA_SCHANNEL_PROV, MS_ENH_RSA_AES_PROV, MS_ENHANCED_PROV, MS_STRONG_PROV, MS_DEF_PROV.
    private static readonly string[] SoftwareProviders =
    [
        CspProvider, AesProvider, "Microsoft Enhanced Cryptographic Provider v1.0", "Microsoft Strong Cryptographic Provider", "Microsoft Base Cryptographic Provider v1.0",
    ];

    /// <summary>
    /// Of a CSP in software that signs with older hashes alone: the same container in the provider that signs with SHA-256. They share
    /// their containers. Null for another provider.
    /// </summary>
    public KeyContainer? SigningProvider => Provider == KeyProvider.Csp && IsSoftware && ProviderName != AesProvider ? this with { ProviderName = AesProvider, ProviderType = AesType } : null;

    /// <summary>Requires that the provider takes keys of an algorithm.</summary>
    /// <exception cref="RenewalException">It does not (<see cref="ErrorId.KeyProviderUnsuitable"/>).</exception>
    public void RequireFor(string keyAlgorithm)
    {
        if (Provider == KeyProvider.Csp && !keyAlgorithm.StartsWith("RSA", StringComparison.OrdinalIgnoreCase))
            throw new RenewalException(
                ErrorId.KeyProviderUnsuitable, $"The key is {keyAlgorithm}, but -KeyProvider Csp takes RSA keys alone: '{ProviderName}' has no EC keys.",
                "Request a certificate with an RSA key (-Rekey -KeyAlgorithm RSA-2048), or leave out -KeyProvider.");
    }

    /// <summary>A container with a new name in the same provider.</summary>
    public KeyContainer WithNewName() => this with { Name = $"{Prefix}{Guid.NewGuid():D}" };

    /// <summary>A container with a new name.</summary>
    public static KeyContainer New(KeyProvider provider, StoreLocation location) =>
        new(provider, provider == KeyProvider.Cng ? CngProvider : CspProvider, $"{Prefix}{Guid.NewGuid():D}", location == StoreLocation.LocalMachine);
}
