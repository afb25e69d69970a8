using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Security.Principal;
using Microsoft.Win32;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca;

/// <summary>On Windows, the key store of the user; elsewhere TLS uses the key in memory.</summary>
internal sealed class KeyStore : IKeyStore
{
    private readonly Lazy<string?> obstacle = new(() => OperatingSystem.IsWindows() ? LogonSession.Read().Obstacle : null);

    /// <inheritdoc/>
    public string? Obstacle => obstacle.Value;

    /// <inheritdoc/>
    public X509Certificate2 CreateClient(KeyedCertificate certificate)
    {
        var client = certificate.Key.AttachTo(certificate.Leaf);
        // A key that is in a container is used there.
        if (!OperatingSystem.IsWindows() || certificate.Key.IsInContainer)
            return client;
        // SChannel does not accept a key that exists only in memory.
        using (client)
            return Import(client, Store);
    }

    /// <summary>The error if the key cannot be imported, or SChannel cannot open it.</summary>
    public static RenewalException Unavailable(string reason, Exception e) => new(
        ErrorId.KeyStoreUnavailable, $"Windows cannot store the private key for TLS in this session: {reason}.",
        "Use -UseToken, which needs no key store but the intermediate in the certificate file. For -Rekey, or without the intermediate: run as SYSTEM, as a user who is logged on at the machine, or as a task with the account's password (-Credential).", e);

    /// <summary>Imports a certificate with its key.</summary>
    /// <param name="client">The certificate with an exportable key.</param>
    /// <param name="store">Imports a PKCS#12 with its password.</param>
    /// <exception cref="RenewalException">The key cannot be stored.</exception>
    internal static X509Certificate2 Import(X509Certificate2 client, Func<byte[], string, X509Certificate2> store)
    {
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var pfx = client.Export(X509ContentType.Pkcs12, password);
        try
        {
            return store(pfx, password);
        }
        catch (CryptographicException e)
        {
            throw Unavailable(string.Create(CultureInfo.InvariantCulture, $"{e.Message.TrimEnd('.', ' ')} (0x{e.HResult:X8})"), e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pfx);
        }
    }

#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9; these bytes were just exported.
    private static X509Certificate2 Store(byte[] pfx, string password) => new(pfx, password, X509KeyStorageFlags.DefaultKeySet);
#pragma warning restore SYSLIB0057
}

/// <summary>Makes the private key of a client certificate available to the platform's TLS.</summary>
internal interface IKeyStore
{
    /// <summary>Why this session cannot store a key, such as "it is a network logon …"; null if no reason is known.</summary>
    string? Obstacle { get; }

    /// <summary>The leaf with its key, in a form that the platform's TLS accepts. Dispose it: on Windows that deletes the key container.</summary>
    /// <exception cref="RenewalException">The key cannot be stored (<see cref="ErrorId.KeyStoreUnavailable"/>).</exception>
    X509Certificate2 CreateClient(KeyedCertificate certificate);
}

/// <summary>The Windows logon session of a process, and whether SChannel can use a key that is imported in it.</summary>
/// <remarks>
/// A key is imported into the user's key store, which DPAPI protects with the user's password. That fails in a network logon
/// (dotnet/corefx issue 14745, "Access denied"), without a loaded profile (dotnet/runtime issue 59329), and in a logon without
/// a password (S4U). Other obstacles are found when the import fails. Not verified on Windows.
/// </remarks>
/// <param name="Sid">The account.</param>
/// <param name="Groups">The SIDs of the token's groups.</param>
/// <param name="HasProfile">Whether the account's registry hive is loaded.</param>
/// <param name="Runtime">The version of .NET.</param>
internal sealed record LogonSession(string Sid, IReadOnlyCollection<string> Groups, bool HasProfile, Version Runtime)
{
    private const string Network = "S-1-5-2";

    // [MS-DTYP] 2.4.2.4, SERVICE_ASSERTED_IDENTITY: a service logged the account on without a password (S4U).
    private const string ServiceAsserted = "S-1-18-2";

    // SYSTEM, LOCAL SERVICE and NETWORK SERVICE always have a profile and a key store.
    private static readonly string[] Services = ["S-1-5-18", "S-1-5-19", "S-1-5-20"];

    /// <summary>Why a key cannot be imported; null if no reason is known.</summary>
    public string? Obstacle =>
        // dotnet/runtime issue 101090: these versions never delete the container of an imported key.
        Runtime >= new Version(8, 0, 2) && Runtime < new Version(8, 0, 6) ? $".NET {Runtime} leaves every imported key behind"
        : Services.Contains(Sid) ? null
        : Groups.Contains(Network) ? "it is a network logon, as by SSH or PowerShell remoting"
        : Groups.Contains(ServiceAsserted) ? "it was logged on without a password (S4U)"
        : !HasProfile ? "the account's profile is not loaded"
        : null;

    /// <summary>The session of this process.</summary>
    [SupportedOSPlatform("windows")]
    public static LogonSession Read()
    {
        using var identity = WindowsIdentity.GetCurrent();
        var sid = identity.User?.Value ?? string.Empty;
        return new LogonSession(sid, [.. identity.Groups?.Select(group => group.Value) ?? []], IsLoaded(sid), Environment.Version);
    }

    [SupportedOSPlatform("windows")]
    private static bool IsLoaded(string sid)
    {
        try
        {
            using var hive = Registry.Users.OpenSubKey(sid);
            return hive is not null;
        }
        catch (Exception e) when (e is System.Security.SecurityException or UnauthorizedAccessException or IOException)
        {
            // The hive exists, but this account does not have permission to read it.
            return true;
        }
    }
}
