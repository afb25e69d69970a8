using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Accounts;
using StepCaRenew.Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>
/// .NET's certificate stores of the user on Linux, in the home folder. .NET opens them for every chain, although they are not
/// used here, and throws an InvalidOperationException if the user has no home folder.
/// </summary>
internal static class UserStores
{
    // No file can be created in /proc.
    private const string Nowhere = "/proc/stepcarenew-no-home";
    private const string Home = "HOME";

    private static readonly Lazy<bool> Prepared = new(Prepare);

    /// <summary>For a user without a home folder, makes .NET look for the stores in a folder that does not exist.</summary>
    /// <remarks>.NET determines the folder once per process, so HOME is set only for that moment.</remarks>
    public static void EnsurePrepared() => _ = Prepared.Value;

    private static bool Prepare()
    {
        if (CurrentUser.HasHome)
            return false;
        var home = Environment.GetEnvironmentVariable(Home);
        try
        {
            Environment.SetEnvironmentVariable(Home, Nowhere);
            using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
            store.Open(OpenFlags.ReadOnly);
        }
        catch (CryptographicException)
        {
            // Expected; .NET has determined the folder.
        }
        finally
        {
            Environment.SetEnvironmentVariable(Home, home);
        }

        return true;
    }
}

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
