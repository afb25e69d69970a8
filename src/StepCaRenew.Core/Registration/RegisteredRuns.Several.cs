using Microsoft.Extensions.Logging;
using StepCaRenew.Ca;
using StepCaRenew.FollowUps;
using StepCaRenew.Inspection;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Registration;

/// <summary>Renewals of several certificates: each has its own outcome, and one that fails does not stop the others.</summary>
internal sealed partial class RegisteredRuns
{
    // Of all renewals of the call: the caller limits how many of those run at once, but each can have many certificates.
    private readonly SemaphoreSlim throttle = new(options.ThrottleLimit);

    // The states of the certificates are in one file, and each changes its own.
    private readonly object stateGate = new();

    /// <exception cref="RenewalException">The folder cannot be read, or has no certificate.</exception>
    private async Task<IReadOnlyList<RenewalOutcome>> RenewSeveralAsync(OpenedRenewal opened, CertificateSet certificates, CancellationToken cancellationToken)
    {
        var paths = certificates.Require(error => TaskLog.Warned(opened.Log, $"{opened.Name}: {error.Message}"));
        foreach (var path in opened.State.FindMissing(paths))
            TaskLog.Warned(opened.Log, $"{opened.Name}: '{path}' was renewed in earlier runs, and is not there any more.");
        var names = new CertificateNames(opened.Name, certificates.Folder);
        var taken = Take(paths, opened.State);
        IReadOnlyList<RenewalOutcome> runs = await Task.WhenAll(taken.Select(path => Task.Run(() => RenewOneAsync(opened, path, names.For(path), cancellationToken), cancellationToken))).ConfigureAwait(false);
        return taken.Count == paths.Count ? runs : [.. runs, Fail(opened, certificates.Display, opened.Name, certificates.TooMany(paths.Count - taken.Count))];
    }

    // Those of earlier runs first: another account that adds files to the folder must not displace them.
    private static IReadOnlyList<string> Take(IReadOnlyList<string> paths, RenewalState state) => paths.Count <= CertificateSet.MostCertificates ? paths
        : [.. paths.OrderByDescending(path => state.Certificates?.ContainsKey(path) == true).Take(CertificateSet.MostCertificates).Order(StringComparer.Ordinal)];

    private static RenewalOutcome Fail(OpenedRenewal opened, string path, string name, RenewalException error)
    {
        RenewalLog.Failed(opened.Log, path, error.ErrorId, error.Message);
        return new RenewalOutcome(RenewalResult.Refused(path, null, error) with { Name = name }, error) { CertificatePath = path };
    }

    private async Task<RenewalOutcome> RenewOneAsync(OpenedRenewal opened, string path, string name, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            EventSubject.Name = name;
            var definition = opened.Renewal.Definition.For(path);
            RenewalSafety.RequireSafePair(definition with { KeyPath = KeyPathConvention.FindNextTo(path) }, opened.Trusted);
            var request = RequestOf(opened.Renewal, path, opened.Order) with
            {
                LastClock = opened.Clock,
                Served = new ServedPlace(
                    opened.State.StateOf(path).Served, () => opened.States.Read(opened.Name).StateOf(path).Served, served => WriteServed(opened, path, served)),
            };
            var run = await call.RenewAsync(request, opened.Own, cancellationToken).ConfigureAwait(false);
            run.Result = run.Result with { Name = name };
            return run;
        }
        catch (RenewalException e)
        {
            return Fail(opened, path, name, e);
        }
        finally
        {
            throttle.Release();
        }
    }

    private void WriteServed(OpenedRenewal opened, string path, ServedCertificate served)
    {
        lock (stateGate)
        {
            var state = opened.States.Read(opened.Name);
            var certificates = (state.Certificates ?? new Dictionary<string, RenewalState>()).ToDictionary();
            certificates[path] = state.StateOf(path) with { Served = served };
            opened.States.Write(opened.Name, state with { Certificates = certificates });
        }
    }
}

/// <summary>The names of the certificates of one renewal in results and messages: <c>all/web</c>.</summary>
/// <param name="name">The name of the renewal.</param>
/// <param name="folder">The folder above all certificates.</param>
internal sealed class CertificateNames(string name, string folder)
{
    /// <summary>The name of a certificate: its path below the folder, without the extension.</summary>
    public string For(string path) => $"{name}/{Path.ChangeExtension(Path.GetRelativePath(folder, path), null).Replace('\\', '/')}";
}

/// <summary>A registered renewal during its run.</summary>
/// <param name="Renewal">The renewal.</param>
/// <param name="States">Where its state is.</param>
/// <param name="State">Its state at the start of the run.</param>
/// <param name="Order">The order of -RunNow; see <see cref="RunOrder.ReadOnce"/>.</param>
/// <param name="Own">Its own log.</param>
/// <param name="Log">That log and the one of the call.</param>
internal sealed record OpenedRenewal(RegisteredRenewal Renewal, StateStore States, RenewalState State, bool? Order, ILogger Own, ILogger Log)
{
    /// <summary>Its name.</summary>
    public string Name => Renewal.Definition.Name;

    /// <summary>The accounts that may change its certificates.</summary>
    public Permissions.TrustedAccounts Trusted { get; } = RunAccount.Trusted(Renewal.Definition);

    /// <summary>The difference to the clock of the CA in the last run.</summary>
    public CaClock Clock => new(State.ClockDifference, State.ClockLimit);
}
