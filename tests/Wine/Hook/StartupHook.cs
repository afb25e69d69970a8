using System.Runtime.InteropServices;
using System.Security.Cryptography;
using StepCaRenew.WineHook;

/// <summary>A startup hook (DOTNET_STARTUP_HOOKS): lets programs on .NET for Windows run under Wine 8.</summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        ExceptionFrames.Reset();
        AppDomain.CurrentDomain.FirstChanceException += (_, _) => ExceptionFrames.Reset();
        Type[] users = [typeof(RSA), typeof(System.Net.Security.SslStream)];
        foreach (var user in users)
            NativeLibrary.SetDllImportResolver(user.Assembly, (name, _, _) => Libraries.Find(name));
        Pkcs12Export.Install();
    }
}
