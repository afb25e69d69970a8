using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The key store of this machine: the user's own on Windows, and none elsewhere.</summary>
internal sealed class KeyStore : IKeyStore
{
    private readonly Lazy<string?> obstacle = new(() => OperatingSystem.IsWindows() ? LogonSession.Read().Obstacle : null);

    /// <inheritdoc/>
    public string? Obstacle => obstacle.Value;

    /// <inheritdoc/>
    public X509Certificate2 CreateClient(CertificatePair pair)
    {
        var client = pair.Key.AttachTo(pair.Leaf);
        if (!OperatingSystem.IsWindows())
            return client;
        // SChannel refuses keys that exist only in memory.
        using (client)
            return Import(client, Store);
    }

    /// <summary>SChannel does not get at the key, which was imported or is not there any more.</summary>
    public static RenewalException Unavailable(string reason, Exception e) => new(
        ErrorId.KeyStoreUnavailable, $"Windows cannot keep the private key for TLS in this session: {reason}.",
        "Renew by token: -UseToken, which needs no key store, and the intermediate in the certificate file. For -Rekey, or without the intermediate: run it as SYSTEM, as a user who is logged on at the machine, or as a task with the account's password (-Credential).", e);

    /// <summary>Imports a certificate with its key.</summary>
    /// <param name="client">The certificate; its key can be exported.</param>
    /// <param name="store">Stores a PKCS#12 under a password.</param>
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

#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9; the bytes are our own.
    private static X509Certificate2 Store(byte[] pfx, string password) => new(pfx, password, X509KeyStorageFlags.DefaultKeySet);
#pragma warning restore SYSLIB0057
}
