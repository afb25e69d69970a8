using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>
/// The container that a certificate of Windows refers to (CERT_KEY_PROV_INFO_PROP_ID). Reading it opens no key, so that no smart card is
/// asked for, and gives the provider as it is, which .NET's keys do not.
/// </summary>
[SupportedOSPlatform("windows")]
internal static partial class KeyLink
{
    private const uint ProviderInfo = 2;
    private const uint MachineKeys = 0x20;

    /// <summary>The container; null if the certificate refers to none.</summary>
    public static unsafe KeyContainer? Read(X509Certificate2 certificate)
    {
        uint length = 0;
        if (Get(certificate.Handle, ProviderInfo, null, ref length) == 0 || length < sizeof(Info))
            return null;
        // The names that the structure points to are behind it, in the same memory.
        var memory = (byte*)NativeMemory.Alloc(length);
        try
        {
            if (Get(certificate.Handle, ProviderInfo, memory, ref length) == 0)
                return null;
            var info = (Info*)memory;
            if (Marshal.PtrToStringUni(info->Container) is not { Length: > 0 } name)
                return null;
            return new KeyContainer(info->ProviderType == 0 ? KeyProvider.Cng : KeyProvider.Csp, Marshal.PtrToStringUni(info->Provider) ?? string.Empty, name, (info->Flags & MachineKeys) != 0)
            {
                ProviderType = (int)info->ProviderType,
                KeyNumber = (int)info->KeyNumber,
            };
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    [LibraryImport("crypt32.dll", EntryPoint = "CertGetCertificateContextProperty")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static unsafe partial int Get(nint certificate, uint property, byte* data, ref uint length);

    // CRYPT_KEY_PROV_INFO of wincrypt.h.
    [StructLayout(LayoutKind.Sequential)]
    private struct Info
    {
        public nint Container;
        public nint Provider;
        public uint ProviderType;
        public uint Flags;
        public uint ParameterCount;
        public nint Parameters;
        public uint KeyNumber;
    }
}
