using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Safety;

namespace StepCaRenew.StepCa;

/// <summary>
/// The user's certificate stores of .NET on Linux, which lie in the home folder. Every chain that is built looks for
/// them, though nothing in them counts here, and without a home folder that ends in an InvalidOperationException.
/// </summary>
internal static class UserStores
{
    // Nobody can make a file there.
    private const string Nowhere = "/proc/stepcarenew-no-home";
    private const string Home = "HOME";

    private static readonly Lazy<bool> Prepared = new(Prepare);

    /// <summary>Makes chains work for a user without a home folder: .NET then looks for the stores in a folder that does not exist.</summary>
    /// <remarks>.NET looks for the place of the stores once per process, so that HOME is set for that moment alone.</remarks>
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
            // The place is known all the same.
        }
        finally
        {
            Environment.SetEnvironmentVariable(Home, home);
        }

        return true;
    }
}
