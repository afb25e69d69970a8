using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Ca;

/// <summary>Makes a machine trust a CA, as <c>step ca bootstrap</c> does: by the fingerprint of its root.</summary>
internal sealed class Bootstrap : IDisposable
{
    private readonly TrustedRoots roots;
    private readonly CaAddress address;

    private Bootstrap(TrustedRoots roots, CaAddress address, StepSetup setup) => (this.roots, this.address, Setup) = (roots, address, setup);

    /// <summary>The files to write.</summary>
    public StepSetup Setup { get; }

    /// <summary>The verified root.</summary>
    public X509Certificate2 Root => roots.All[0];

    /// <summary>Downloads and verifies the root, and checks what is in the step folder. Changes nothing.</summary>
    /// <param name="address">The CA's address.</param>
    /// <param name="fingerprint">The fingerprint of its root; see <see cref="RootFingerprint.Parse"/>.</param>
    /// <param name="options">The step folder and the context.</param>
    /// <param name="isForced">Whether the configuration of another CA is replaced.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="RenewalException">The CA cannot be trusted, or the folder has another configuration.</exception>
    public static async Task<Bootstrap> PrepareAsync(
        CaAddress address, string fingerprint, CaOptions options, bool isForced, TimeProvider clock, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var roots = await new RootDownload(clock, environment).FetchAsync(address, fingerprint, cancellationToken).ConfigureAwait(false);
        try
        {
            await RequireTrustedAsync(address, roots, clock, environment, cancellationToken).ConfigureAwait(false);
            var setup = new StepSetup(address, roots.All[0], options, environment);
            if (!isForced)
                setup.RequireNoOther();
            return new Bootstrap(roots, address, setup);
        }
        catch
        {
            roots.Dispose();
            throw;
        }
    }

    /// <summary>Writes the files, and adds the root to the machine's store if one is given. After an error, nothing is changed.</summary>
    /// <param name="volume">The file system.</param>
    /// <param name="store">The machine's store; null to leave it as it is.</param>
    /// <param name="cancellationToken">Ends the program that updates the store.</param>
    /// <exception cref="RenewalException">A file cannot be written, or the store cannot be changed.</exception>
    public async Task<StepContext> CompleteAsync(IVolume volume, TrustStore? store, CancellationToken cancellationToken)
    {
        var files = Setup.CreateFiles(volume);
        var isChanged = files.Write();
        try
        {
            if (store is not null)
                await store.AddAsync(Root, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            files.Undo();
            throw;
        }

        return new StepContext
        {
            CaUrl = address.Text,
            Context = Setup.Context,
            Fingerprint = roots.Fingerprint,
            Subject = Root.Subject,
            NotAfter = Root.NotAfter,
            RootPath = Setup.RootPath,
            ConfigurationPath = Setup.DefaultsPath,
            RootInstalled = store is not null,
            Changed = isChanged,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => roots.Dispose();

    // The root is the right one, but whatever answers at the address may have another: then every later request would fail.
    private static async Task RequireTrustedAsync(CaAddress address, TrustedRoots roots, TimeProvider clock, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        try
        {
            await new CaClient(new CaSettings(address.Url, address.Url.Authority, roots.Fingerprint) { Host = address.Host }, roots, clock, environment)
                .GetHealthAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e) when (e.ErrorId == ErrorId.CaUntrusted)
        {
            throw new RenewalException(
                e.ErrorId, $"The server at {address.Url.Authority} knows the root certificate with the given fingerprint, but is not trusted with it. {e.Message}",
                "Check the address and this machine's clock. If the CA has a new root, give the fingerprint of the new one. A proxy that decrypts TLS also causes this error.", e);
        }
    }
}
