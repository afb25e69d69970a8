using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates;

namespace StepCaRenew.StepCa;

/// <summary>
/// Has the platform read the machine's trusted roots ahead. It does so before it shows a client certificate to anybody,
/// though none of them is asked for anything; on Linux that takes as long as the request itself, once per process.
/// </summary>
internal static class MachineRoots
{
    private static int isBegun;

    /// <summary>Begins to, on another thread, while the renewal is prepared. The first call of a process does, the others are nothing.</summary>
    /// <param name="certificate">Any certificate, as DER.</param>
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
            // Whoever needs it will find the same, and has something to say about it.
        }
    }
}
