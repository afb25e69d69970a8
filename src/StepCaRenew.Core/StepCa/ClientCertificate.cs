using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>The leaf with its key, in the form that the platform's TLS takes.</summary>
internal static class ClientCertificate
{
    /// <summary>Attaches the key. Dispose the result: on Windows that also deletes the key's container.</summary>
    public static X509Certificate2 Create(CertificatePair pair)
    {
        var client = pair.Key.AttachTo(pair.Leaf);
        if (!OperatingSystem.IsWindows())
            return client;
        // SChannel refuses keys that exist only in memory. Not verified on Windows.
        using (client)
        {
            var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
            var pfx = client.Export(X509ContentType.Pkcs12, password);
            try
            {
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9; the bytes are our own.
                return new X509Certificate2(pfx, password, X509KeyStorageFlags.DefaultKeySet);
#pragma warning restore SYSLIB0057
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pfx);
            }
        }
    }
}
