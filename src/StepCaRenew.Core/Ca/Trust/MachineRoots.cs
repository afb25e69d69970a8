using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// Makes the platform load the machine's trusted roots in advance. It loads them before it sends a client certificate, although
/// they are not needed; on Linux that takes as long as the request itself, once per process.
/// </summary>
internal static class MachineRoots
{
    private static int isBegun;

    /// <summary>Starts loading on another thread, while the renewal is prepared. Only the first call of a process does so.</summary>
    /// <param name="certificate">Any certificate, DER.</param>
    public static void Preload(ReadOnlyMemory<byte> certificate)
    {
        if (OperatingSystem.IsLinux() && Interlocked.Exchange(ref isBegun, 1) == 0)
            _ = Task.Run(() => Read(certificate));
    }

    private static void Read(ReadOnlyMemory<byte> der)
    {
        try
        {
            UserStores.EnsurePrepared();
            using var certificate = CertificateDecoder.Decode(der);
            using var chain = new X509Chain();
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.DisableCertificateDownloads = true;
            chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            // The code that needs the roots fails in the same way, and reports it.
        }
    }
}
