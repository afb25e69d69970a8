using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Cryptography;
using System.Security.Principal;
using StepCaRenew.Certificates.Keys;

namespace StepCaRenew.Stores.WindowsStore;

/// <summary>Named keys of Windows: CNG, and the older provider for TLS. CSP keys are seen under Wine only; CNG keys and rights nowhere yet.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsKeys
{
    // NTE_BAD_KEYSET and NTE_KEYSET_NOT_DEF: there is no such container.
    private const int BadKeySet = unchecked((int)0x80090016);
    private const int KeySetNotDefined = unchecked((int)0x80090019);

    /// <summary>Opens the key in a container; null if there is none.</summary>
    public static PrivateKey? Open(KeyContainer container)
    {
        if (container.Provider == KeyProvider.Cng)
        {
            var provider = new CngProvider(container.ProviderName);
            if (!CngKey.Exists(container.Name, provider, OpenOptions(container)))
                return null;
            var key = CngKey.Open(container.Name, provider, OpenOptions(container));
            return Wrap(key);
        }

        try
        {
            var link = new RSACryptoServiceProvider(Parameters(container, CspProviderFlags.UseExistingKey));
            return container.SigningProvider is { } signing
                ? new PrivateKey(new RSACryptoServiceProvider(Parameters(signing, CspProviderFlags.UseExistingKey))) { IsInContainer = true, Link = link }
                : new PrivateKey(link) { IsInContainer = true };
        }
        catch (CryptographicException e) when (e.HResult is BadKeySet or KeySetNotDefined)
        {
            return null;
        }
    }

    /// <summary>Puts a key into a new container, from which it cannot be exported.</summary>
    public static PrivateKey Create(KeyContainer container, PrivateKey key)
    {
        if (container.Provider == KeyProvider.Cng)
            return CreateCng(container, key);
        using (var imported = new RSACryptoServiceProvider(Parameters(container, CspProviderFlags.UseNonExportableKey)) { PersistKeyInCsp = true })
            imported.ImportParameters(((RSA)key.Handle).ExportParameters(includePrivateParameters: true));
        return Open(container) ?? throw new CryptographicException("The container is not there after the key was put into it.");
    }

    /// <summary>Deletes a container with its key; does nothing if there is none.</summary>
    public static void Delete(KeyContainer container)
    {
        if (container.Provider == KeyProvider.Cng)
        {
            var provider = new CngProvider(container.ProviderName);
            if (CngKey.Exists(container.Name, provider, OpenOptions(container)))
            {
                using var key = CngKey.Open(container.Name, provider, OpenOptions(container));
                key.Delete();
            }

            return;
        }

        try
        {
            using var key = new RSACryptoServiceProvider(Parameters(container, CspProviderFlags.UseExistingKey));
            key.PersistKeyInCsp = false;
            key.Clear();
        }
        catch (CryptographicException e) when (e.HResult is BadKeySet or KeySetNotDefined)
        {
            // It is gone already.
        }
    }

    /// <summary>Lets accounts read the file of a key.</summary>
    /// <exception cref="RenewalException">There is no such file, or its rights cannot be changed (<see cref="ErrorId.KeyRightsNotSet"/>).</exception>
    public static void GrantRead(KeyContainer container, IReadOnlyList<string> accounts) => ChangeRights(container, "Run as an administrator or SYSTEM, and check the accounts of -GrantRead.", () =>
    {
        var file = RequireFile(container);
        var rights = file.GetAccessControl();
        foreach (var account in accounts)
            rights.AddAccessRule(new FileSystemAccessRule(new SecurityIdentifier(account), FileSystemRights.Read, AccessControlType.Allow));
        file.SetAccessControl(rights);
    });

    /// <summary>Gives the file of a key the access list of another one.</summary>
    /// <exception cref="RenewalException">The rights cannot be read or changed (<see cref="ErrorId.KeyRightsNotSet"/>).</exception>
    public static void CopyRights(KeyContainer from, KeyContainer to)
    {
        // Wine keeps keys in its registry.
        if (FindFile(from) is null && FindFile(to) is null)
            return;
        ChangeRights(to, "Run as an administrator or SYSTEM.", () =>
        {
            var rights = new FileSecurity();
            rights.SetSecurityDescriptorSddlForm(RequireFile(from).GetAccessControl(AccessControlSections.Access).GetSecurityDescriptorSddlForm(AccessControlSections.Access), AccessControlSections.Access);
            RequireFile(to).SetAccessControl(rights);
        });
    }

    private static FileInfo RequireFile(KeyContainer container) =>
        new(FindFile(container) ?? throw new FileNotFoundException($"Windows keeps no file of '{container.Name}' that this account can find"));

    private static void ChangeRights(KeyContainer container, string remedy, Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or InvalidOperationException or SystemException)
        {
            throw new RenewalException(
                ErrorId.KeyRightsNotSet, $"The rights of the private key '{container.Name}' were not changed: {e.Message.TrimEnd('.', ' ')}.",
                remedy, e);
        }
    }

    private static PrivateKey CreateCng(KeyContainer container, PrivateKey key)
    {
        var (algorithm, format, blob) = KeyBlob.FromKey(key);
        try
        {
            var parameters = new CngKeyCreationParameters
            {
                Provider = new CngProvider(container.ProviderName),
                KeyCreationOptions = container.IsMachine ? CngKeyCreationOptions.MachineKey : CngKeyCreationOptions.None,
                ExportPolicy = CngExportPolicies.None,
            };
            // A key whose private half is set before it is completed is imported under its name.
            parameters.Parameters.Add(new CngProperty(format, blob, CngPropertyOptions.None));
            return Wrap(CngKey.Create(new CngAlgorithm(algorithm), container.Name, parameters));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(blob);
        }
    }

    private static PrivateKey Wrap(CngKey key)
    {
        using (key)
        {
            return key.AlgorithmGroup == CngAlgorithmGroup.Rsa
                ? new PrivateKey(new RSACng(key)) { IsInContainer = true }
                : new PrivateKey(new ECDsaCng(key)) { IsInContainer = true };
        }
    }

    private static CngKeyOpenOptions OpenOptions(KeyContainer container) => container.IsMachine ? CngKeyOpenOptions.MachineKey : CngKeyOpenOptions.None;

    private static CspParameters Parameters(KeyContainer container, CspProviderFlags flags) => new(container.ProviderType, container.ProviderName, container.Name)
    {
        KeyNumber = container.KeyNumber,
        Flags = flags | (container.IsMachine ? CspProviderFlags.UseMachineKeyStore : CspProviderFlags.NoFlags),
    };

    // Docs of Microsoft: "Key Storage and Retrieval" for CNG, and the folders of the older providers.
    private static string? FindFile(KeyContainer container)
    {
        using var key = Open(container);
        var unique = key?.Handle switch
        {
            RSACng rsa => rsa.Key.UniqueName,
            ECDsaCng ec => ec.Key.UniqueName,
            RSACryptoServiceProvider csp => csp.CspKeyContainerInfo.UniqueKeyContainerName,
            _ => null,
        };
        if (string.IsNullOrEmpty(unique) || unique != Path.GetFileName(unique))
            return null;
        var data = Environment.GetFolderPath(container.IsMachine ? Environment.SpecialFolder.CommonApplicationData : Environment.SpecialFolder.ApplicationData);
        using var identity = WindowsIdentity.GetCurrent();
        string[] folders = container.IsMachine
            ? [Path.Combine("Crypto", "Keys"), Path.Combine("Crypto", "RSA", "MachineKeys"), Path.Combine("Crypto", "SystemKeys")]
            : [Path.Combine("Crypto", "Keys"), Path.Combine("Crypto", "RSA", identity.User!.Value)];
        return folders.Select(folder => Path.Combine(data, "Microsoft", folder, unique)).FirstOrDefault(File.Exists);
    }
}
