using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Unit.Fixtures;

/// <summary>
/// Off Windows .NET keeps the certificate stores of the user in the home folder, which it reads once per process. The tests have stores of
/// their own, which are removed at the end.
/// </summary>
internal static class OwnUserStores
{
#pragma warning disable CA2255 // Before any test: .NET reads the variable once.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Make()
    {
        if (OperatingSystem.IsWindows())
            return;
        var (home, own) = (Environment.GetEnvironmentVariable("HOME"), Directory.CreateTempSubdirectory("stepcarenew-home").FullName);
        Environment.SetEnvironmentVariable("HOME", own);
        using (var store = new X509Store(StoreName.My, StoreLocation.CurrentUser))
            store.Open(OpenFlags.ReadOnly);
        Environment.SetEnvironmentVariable("HOME", home);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(own, recursive: true);
    }
}
