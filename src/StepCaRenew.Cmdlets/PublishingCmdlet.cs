using System.Management.Automation;
using System.Security;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Stores.WindowsStore;

namespace StepCaRenew.Cmdlets;

/// <summary>The base of the cmdlets that write a pair: other forms of it, for programs that do not read its own.</summary>
public abstract class PublishingCmdlet : CaCmdlet
{
    private KeyPassword? secret;

    /// <summary>A PFX file with the certificate, its chain and the key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PfxPath { get; set; }

    /// <summary>A file with the password of the PFX file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? PfxPasswordFile { get; set; }

    /// <summary>The encryption of the PFX file: Aes256, or TripleDes for Windows Server 2016 and older.</summary>
    [Parameter]
    [ValidateSet(nameof(StepCaRenew.PfxEncryption.Aes256), nameof(StepCaRenew.PfxEncryption.TripleDes))]
    public string? PfxEncryption { get; set; }

    /// <summary>A PEM file with the certificate, its chain and the key.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BundlePath { get; set; }

    /// <summary>A PEM file with the chain, without the certificate itself.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ChainPath { get; set; }

    /// <summary>A PEM file with the certificate alone.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? LeafPath { get; set; }

    /// <summary>A PEM file with the root certificate that the chain leads to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RootPath { get; set; }

    /// <summary>A PEM file with the key, not encrypted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeyOutPath { get; set; }

    /// <summary>The format of the key in that file: Pkcs8 for all keys, Pkcs1 for RSA, Sec1 for EC.</summary>
    [Parameter]
    [ValidateSet(nameof(StepCaRenew.KeyFormat.Pkcs8), nameof(StepCaRenew.KeyFormat.Pkcs1), nameof(StepCaRenew.KeyFormat.Sec1))]
    public string? KeyFormat { get; set; }

    /// <summary>A certificate store of Windows: LocalMachine\My, CurrentUser\My.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Store { get; set; }

    /// <summary>The friendly name of the certificate in the store.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? FriendlyName { get; set; }

    /// <summary>The accounts that can read the private key in the store: names or SIDs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] GrantRead { get; set; } = [];

    /// <summary>The kind of the key in the store: Cng, or Csp for RSA keys of SQL Server and AD FS.</summary>
    [Parameter]
    [ValidateSet(nameof(StepCaRenew.Stores.WindowsStore.KeyProvider.Cng), nameof(StepCaRenew.Stores.WindowsStore.KeyProvider.Csp))]
    public string? KeyProvider { get; set; }

    /// <summary>Remove the certificates and keys that were put into the store before, after the follow-ups.</summary>
    [Parameter]
    public SwitchParameter RemoveOld { get; set; }

    /// <summary>Whether -Store is the place of the pair itself, since no file was named.</summary>
    private protected virtual bool HasPairInStore => false;

    /// <summary>The other forms of the pair that the parameters request.</summary>
    /// <param name="pfxPassword">The password of the PFX file, if it was given itself; it can be empty.</param>
    /// <exception cref="RenewalException">A parameter is missing, or a path is not in the file system.</exception>
    private protected IReadOnlyList<Publication> ReadPublications(SecureString? pfxPassword = null)
    {
        if (KeyFormat is not null && KeyOutPath is null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-KeyFormat was given without -KeyOutPath.", "Name the file of the key in -KeyOutPath.");
        if (PfxPath is null && (PfxPasswordFile is not null || PfxEncryption is not null || pfxPassword is not null))
            throw new RenewalException(ErrorId.ConflictingParameters, "A password or an encryption of a PFX file was given without -PfxPath.", "Name the PFX file in -PfxPath.");
        if (HasPairInStore)
        {
            if (KeyProvider is not null || GrantRead.Length > 0 || RemoveOld)
                throw new RenewalException(
                    ErrorId.ConflictingParameters, "-KeyProvider, -GrantRead or -RemoveOld was given for a certificate that is renewed in its store: its key stays where it is, with its rights, and the old certificate stays.",
                    "Leave it out. To put a certificate from a file into the store, name the file too.");
        }
        else if (Store is null && (FriendlyName is not null || KeyProvider is not null || GrantRead.Length > 0 || RemoveOld))
            throw new RenewalException(ErrorId.ConflictingParameters, "-FriendlyName, -GrantRead, -KeyProvider or -RemoveOld was given without -Store.", "Name the certificate store in -Store.");
        Publication?[] publications =
        [
            Store is null || HasPairInStore ? null : ReadStore(Store),
            PfxPath is null ? null : ReadPfx(PfxPath, pfxPassword),
            BundlePath is null ? null : new PemPublication(PemForm.Bundle, FullPath(BundlePath)),
            ChainPath is null ? null : new PemPublication(PemForm.Chain, FullPath(ChainPath)),
            LeafPath is null ? null : new PemPublication(PemForm.Leaf, FullPath(LeafPath)),
            RootPath is null ? null : new PemPublication(PemForm.Root, FullPath(RootPath)),
            KeyOutPath is null ? null : new PemPublication(PemForm.Key, FullPath(KeyOutPath)) { Format = KeyFormat is null ? default : Enum.Parse<KeyFormat>(KeyFormat, ignoreCase: true) },
        ];
        return [.. publications.OfType<Publication>()];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            secret?.Dispose();
    }

    private StorePublication ReadStore(string store) => new(CertificateStoreName.Parse(store))
    {
        FriendlyName = FriendlyName,
        GrantRead = GrantRead,
        KeyProvider = KeyProvider is null ? default : Enum.Parse<StepCaRenew.Stores.WindowsStore.KeyProvider>(KeyProvider, ignoreCase: true),
        RemoveOld = RemoveOld,
    };

    // No program can be told later that a file has no password, so that an empty one must be said.
    private PfxPublication ReadPfx(string path, SecureString? password)
    {
        if (password is not null && PfxPasswordFile is not null)
            throw new RenewalException(ErrorId.ConflictingParameters, "-PfxPassword and -PfxPasswordFile were both given.", "Give one of them.");
        if (password is null && PfxPasswordFile is null)
            throw new RenewalException(
                ErrorId.ConflictingParameters, "-PfxPath was given without a password.", "Give -PfxPasswordFile. For a file without a password, give an empty one in a call by hand: -PfxPassword ([securestring]::new()).");
        return new PfxPublication(FullPath(path))
        {
            PasswordFile = PfxPasswordFile is null ? null : FullPath(PfxPasswordFile),
            Password = secret = password is null ? null : Copy(password),
            Encryption = PfxEncryption is null ? default : Enum.Parse<PfxEncryption>(PfxEncryption, ignoreCase: true),
        };
    }
}
