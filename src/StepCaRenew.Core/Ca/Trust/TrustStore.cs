using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace StepCaRenew.Ca.Trust;

/// <summary>The machine's store of trusted root certificates, which browsers and other programs use. This module does not read it.</summary>
internal abstract class TrustStore
{
    /// <summary>The store of this machine.</summary>
    /// <exception cref="RenewalException">It cannot be changed by this process, or not by this module.</exception>
    public static TrustStore Require(TimeProvider clock)
    {
        TrustStore store = OperatingSystem.IsWindows() ? new Windows()
            : LinuxAnchors.Find(clock) ?? throw new RenewalException(
                ErrorId.TrustStoreUnavailable, $"This machine's store of trusted root certificates is not known: there is neither {string.Join(" nor ", LinuxAnchors.Programs)}.",
                OperatingSystem.IsMacOS()
                    ? "Leave out -InstallRoot, and run 'sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain' with the root file."
                    : "Leave out -InstallRoot, and add the root file in the way of this distribution.");
        return Environment.IsPrivilegedProcess ? store : throw new RenewalException(
            ErrorId.AdministratorRequired, $"Only {(OperatingSystem.IsWindows() ? "an administrator" : "root")} can add a root certificate to {store.Name}.",
            $"Run as {(OperatingSystem.IsWindows() ? "administrator" : "root")}, or leave out -InstallRoot: this module needs only the root file.");
    }

    /// <summary>Its name in messages.</summary>
    public abstract string Name { get; }

    /// <summary>Adds a root certificate; does nothing if it is there already.</summary>
    /// <exception cref="RenewalException">The store cannot be changed (<see cref="ErrorId.TrustStoreFailed"/>); it is as it was.</exception>
    public abstract Task AddAsync(X509Certificate2 root, CancellationToken cancellationToken);

    // Never the store of the user: Windows opens a window that asks for consent, which nobody sees in a scheduled script.
    private sealed class Windows : TrustStore
    {
        public override string Name => @"the machine's trusted root certificates (LocalMachine\Root)";

        public override Task AddAsync(X509Certificate2 root, CancellationToken cancellationToken)
        {
            try
            {
                using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine);
                store.Open(OpenFlags.ReadWrite);
                store.Add(root);
                return Task.CompletedTask;
            }
            catch (CryptographicException e)
            {
                throw new RenewalException(ErrorId.TrustStoreFailed, $"The root certificate '{root.Subject}' was not added to {Name}: {e.Message}", "Run as an administrator, and check the group policy.", e);
            }
        }
    }
}
