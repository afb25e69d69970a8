using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>
/// The stores of Windows, or .NET's stores of the current user elsewhere. They are opened without their keys; disposing a certificate
/// of a store never deletes its key. On Windows seen under Wine only.
/// </summary>
internal sealed class SystemStores : ICertificateStores
{
    /// <inheritdoc/>
    public bool HasContainers => OperatingSystem.IsWindows();

    /// <inheritdoc/>
    public bool HasFriendlyNames => OperatingSystem.IsWindows();

    /// <inheritdoc/>
    public IReadOnlyList<StoredCertificate> List(CertificateStoreName store) => Read(store, certificates => certificates.Select(Describe).ToList()) ?? [];

    /// <inheritdoc/>
    public StoredKey? OpenKey(CertificateStoreName store, string thumbprint) => Read(store, certificates =>
        certificates.FirstOrDefault(one => one.Thumbprint == thumbprint && one.HasPrivateKey) is { } found ? Open(found) : null);

    /// <inheritdoc/>
    public PrivateKey? OpenKey(KeyContainer container) =>
        Try(container.Name, "opened", () => OperatingSystem.IsWindows() ? WindowsKeys.Open(container) : null);

    /// <inheritdoc/>
    public PrivateKey CreateKey(KeyContainer container, PrivateKey key) =>
        Try(container.Name, "created", () => OperatingSystem.IsWindows() ? WindowsKeys.Create(container, key) : throw new PlatformNotSupportedException());

    /// <inheritdoc/>
    public void GrantRead(KeyContainer container, IReadOnlyList<string> accounts)
    {
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        WindowsKeys.GrantRead(container, accounts);
    }

    /// <inheritdoc/>
    public void CopyRights(KeyContainer from, KeyContainer to)
    {
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        WindowsKeys.CopyRights(from, to);
    }

    /// <inheritdoc/>
    public void RequireWritable(CertificateStoreName store) => Try(store.Text, "changed", () =>
    {
        Open(store, OpenFlags.ReadWrite).Dispose();
        return true;
    });

    /// <inheritdoc/>
    public void Add(CertificateStoreName store, X509Certificate2 certificate, PrivateKey? key, string? friendlyName) => Try(store.Text, "changed", () =>
    {
        using var added = Copy(certificate, key);
        if (friendlyName is not null && OperatingSystem.IsWindows())
            added.FriendlyName = friendlyName;
        using var opened = Open(store, OpenFlags.ReadWrite);
        opened.Add(added);
        return true;
    });

    /// <inheritdoc/>
    public void Remove(CertificateStoreName store, string thumbprint) => Try(store.Text, "changed", () =>
    {
        using var opened = Open(store, OpenFlags.ReadWrite);
        Use(opened, certificates =>
        {
            foreach (var found in certificates.Where(one => one.Thumbprint == thumbprint))
                opened.Remove(found);
            return true;
        });
        return true;
    });

    /// <inheritdoc/>
    public void DeleteKey(KeyContainer container) => Try(container.Name, "deleted", () =>
    {
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        WindowsKeys.Delete(container);
        return true;
    });

    // CopyWithPrivateKey makes the certificate refer to a key that is in a container. A key in memory is copied, which only stores
    // outside of Windows keep.
    private static X509Certificate2 Copy(X509Certificate2 certificate, PrivateKey? key)
    {
        if (key is not null)
            return key.AttachTo(certificate);
#pragma warning disable SYSLIB0057 // X509CertificateLoader came with .NET 9.
        return new X509Certificate2(certificate.RawDataMemory.Span);
#pragma warning restore SYSLIB0057
    }

    private static T? Read<T>(CertificateStoreName store, Func<IEnumerable<X509Certificate2>, T> use)
    {
        // On Linux .NET has two stores of the machine, and opens no other.
        if (!OperatingSystem.IsWindows() && store.Location == StoreLocation.LocalMachine)
            throw Unsupported(store);
        return Try(store.Text, "read", () =>
        {
            using var opened = new X509Store(store.Name, store.Location);
            try
            {
                opened.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            }
            catch (CryptographicException) when (!opened.IsOpen && !Exists(store))
            {
                return default;
            }

            return Use(opened, use);
        });
    }

    // Any failure to open it at all counts as another error: the store may exist and be closed to this account.
    private static bool Exists(CertificateStoreName store)
    {
        using var opened = new X509Store(store.Name, store.Location);
        try
        {
            opened.Open(OpenFlags.ReadOnly);
            return opened.Certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return true;
        }
    }

    private static X509Store Open(CertificateStoreName store, OpenFlags flags)
    {
        if (!OperatingSystem.IsWindows() && store.Location == StoreLocation.LocalMachine)
            throw Unsupported(store);
        var opened = new X509Store(store.Name, store.Location);
        opened.Open(flags);
        return opened;
    }

    private static T Use<T>(X509Store opened, Func<IEnumerable<X509Certificate2>, T> use)
    {
        var all = opened.Certificates;
        try
        {
            return use(all);
        }
        finally
        {
            foreach (var certificate in all)
                certificate.Dispose();
        }
    }

    private static StoredCertificate Describe(X509Certificate2 certificate) => new(
        certificate.RawData, certificate.Thumbprint, PublicKeyId.Compute(certificate), OperatingSystem.IsWindows() ? certificate.FriendlyName : string.Empty, certificate.HasPrivateKey);

    private static StoredKey? Open(X509Certificate2 certificate)
    {
        if (OperatingSystem.IsWindows())
            return KeyLink.Read(certificate) is { } container && WindowsKeys.Open(container) is { } key ? new StoredKey(key, container) : null;
        if (certificate.GetRSAPrivateKey() is { } rsa)
            return new StoredKey(new PrivateKey(rsa), null);
        return certificate.GetECDsaPrivateKey() is { } ec ? new StoredKey(new PrivateKey(ec), null) : null;
    }

    private static T Try<T>(string what, string done, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is CryptographicException or PlatformNotSupportedException or UnauthorizedAccessException or IOException)
        {
            throw Failed(what, done, e);
        }
    }

    private static RenewalException Failed(string what, string done, Exception e) => new(
        ErrorId.StoreFailed, string.Create(CultureInfo.InvariantCulture, $"'{what}' cannot be {done}: {e.Message.TrimEnd('.', ' ')} (0x{e.HResult:X8})."),
        "Stores and keys of the machine need an administrator, or SYSTEM; those of a user need a session in which the user's profile is loaded.", e);

    private static RenewalException Unsupported(CertificateStoreName store) => new(
        ErrorId.StoreUnsupported, $"'{store.Text}' cannot be used: only Windows has certificate stores of the machine.", @"Off Windows, use CurrentUser\My, which .NET programs read.");
}
