using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Accounts;

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
