using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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
        if (!OperatingSystem.IsWindows())
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
