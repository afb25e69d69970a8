using System.Runtime.InteropServices;

namespace StepCaRenew.FileSystem.Native;

/// <summary>Turns errors of system calls into the exceptions that .NET throws for them, so that both are handled alike.</summary>
internal static class NativeErrors
{
    private const int NotPermitted = 1;
    public const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;

    public static Exception ToException(int error, string path)
    {
        var message = $"{Marshal.GetPInvokeErrorMessage(error)} : '{path}'";
        return error switch
        {
            NotPermitted or AccessDenied => new UnauthorizedAccessException(message),
            NoEntry => new FileNotFoundException(message, path),
            NotAFolder => new DirectoryNotFoundException(message),
            _ => new IOException(message, error),
        };
    }
}
