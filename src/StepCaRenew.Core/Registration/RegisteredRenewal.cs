using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Inspection;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Registration;

/// <summary>A registered renewal whose files were found safe to run.</summary>
internal sealed class RegisteredRenewal : IDisposable
{
    // A run that takes longer than its interval would delay the next one.
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly KeyPassword? password;
    private readonly Lazy<string> recordFolder;

    private RegisteredRenewal(RenewalFolders folders, RenewalDefinition definition, KeyPassword? password, Uri? healthCheckUri) =>
        (Folders, Definition, this.password, HealthCheckUri, recordFolder) = (folders, definition, password, healthCheckUri, new Lazy<string>(FindRecordFolder));

    /// <summary>Where it is registered.</summary>
    public RenewalFolders Folders { get; }

    /// <summary>The definition.</summary>
    public RenewalDefinition Definition { get; }

    /// <summary>The CA, with the roots that were followed.</summary>
    public CaOptions Ca => CaOf(Folders, Definition);

    /// <summary>The URL of the monitor, a secret except for its host.</summary>
    public Uri? HealthCheckUri { get; }

    /// <summary>The log file.</summary>
    public string LogPath => LogOf(Folders, Definition);

    /// <summary>Requires that this process runs as the account of a renewal, and that only this account can change its definition and what it runs.</summary>
    /// <exception cref="RenewalException">The renewal runs as another account, or others can change its definition or what it runs.</exception>
    public static RegisteredRenewal Open(DefinitionStore store, RenewalDefinition definition, RunningModule module)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(definition);
        RunAccount.RequireThisProcess(definition);
        RenewalSafety.RequireSafe(store.Folders, definition, module, RunAccount.Trusted(definition));
        return new RegisteredRenewal(
            store.Folders, definition,
            definition.KeyPasswordFile is { } file ? KeyPassword.FromFile(file) : null,
            definition.HealthCheckUriFile is { } secret ? HealthCheckFile.Read(secret) : null);
    }

    /// <summary>The request of one run over one certificate.</summary>
    /// <param name="certificatePath">The certificate.</param>
    /// <param name="isScheduled">Whether a scheduler started the run; then the interval limits its retries.</param>
    public RenewalRequest ToRequest(string certificatePath, bool isScheduled)
    {
        var definition = Definition.For(certificatePath);
        var request = definition.ToRequest(password) with
        {
            RecordFolder = recordFolder.Value,
            RecordName = Definition.Certificates is null ? null : CertificateSet.RecordName(certificatePath),
            IsScheduled = isScheduled,
        };
        request = request with { Ca = request.Ca with { FollowedRootsPath = Ca.FollowedRootsPath } };
        return isScheduled && Definition.RetryTimeout is null ? request with { RetryTimeout = RetryTime(Definition.Interval ?? IntervalOf(definition)) } : request;
    }

    /// <inheritdoc/>
    public void Dispose() => password?.Dispose();

    /// <summary>How long a scheduled run can retry.</summary>
    /// <param name="interval">The schedule's interval.</param>
    internal static TimeSpan RetryTime(TimeSpan interval) => interval / 2 < LongestRetry ? interval / 2 : LongestRetry;

    /// <inheritdoc cref="Ca"/>
    internal static CaOptions CaOf(RenewalFolders folders, RenewalDefinition definition) =>
        definition.Ca with { RegisteredName = definition.Name, FollowedRootsPath = FollowedRootsOf(folders, definition) };

    /// <summary>The file of the followed roots; null if the renewal follows none.</summary>
    internal static string? FollowedRootsOf(RenewalFolders folders, RenewalDefinition definition) =>
        definition.FollowRoots ? Path.Combine(folders.StateFolder(definition.Name), StateStore.FollowedRoots) : null;

    /// <summary>The log of a renewal.</summary>
    internal static string LogOf(RenewalFolders folders, RenewalDefinition definition) => definition.LogPath ?? UsualLogOf(folders, definition.Name);

    /// <summary>The default log of a renewal.</summary>
    internal static string UsualLogOf(RenewalFolders folders, string name) => Path.Combine(folders.LogFolder(name), "renewal.log");

    // Next to the pair, its owner could hold the lock for ever or empty the record; then the actions would never run.
    private string FindRecordFolder()
    {
        var state = Folders.StateFolder(Definition.Name);
        try
        {
            using var folder = OpenFolder.Follow(state);
            return folder.Path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Writing in the folder reports the error.
            return state;
        }
    }

    private static TimeSpan IntervalOf(RenewalDefinition definition)
    {
        try
        {
            using var folders = new OpenFolders();
            using var certificate = definition.LoadCertificate(path => folders.OpenToRead(TargetPath.Follow(path)));
            return ScheduleInterval.For(CertificateValidity.FromCertificate(certificate.Leaf).Lifetime) ?? ScheduleInterval.All[0];
        }
        catch (RenewalException)
        {
            // The run reports the error.
            return ScheduleInterval.All[0];
        }
    }
}

/// <summary>The outcome of one registered renewal.</summary>
/// <param name="Store">Where it is registered; null if it is not.</param>
/// <param name="Name">Its name.</param>
/// <param name="Renewal">The renewal; null if it was refused before it began.</param>
/// <param name="Logger">The log of the call and of the renewal.</param>
/// <param name="Runs">The outcomes of its certificates; empty if it was refused.</param>
/// <param name="Refusal">Why it was refused, if it was.</param>
internal sealed record RegisteredOutcome(DefinitionStore? Store, string Name, RegisteredRenewal? Renewal, ILogger Logger, IReadOnlyList<RenewalOutcome> Runs, RenewalException? Refusal)
{
    /// <summary>The errors of the renewal and of its certificates.</summary>
    public IEnumerable<RenewalException> Errors => Runs.Select(run => run.Error).Prepend(Refusal).OfType<RenewalException>();

    /// <summary>The result of the first certificate; null if the renewal was refused.</summary>
    public RenewalResult? Result => Runs is [var first, ..] ? first.Result : null;

    /// <summary>The first error.</summary>
    public RenewalException? Error => Errors.FirstOrDefault();


    /// <summary>The monitor to notify of a renewal that was refused; null if it has none, or if its address cannot be trusted.</summary>
    internal Uri? MonitorOfRefused { get; init; }

    /// <summary>The definition of a renewal that was refused, as far as it could be read.</summary>
    internal RenewalDefinition? RefusedDefinition { get; init; }

    /// <summary>Whether the renewal runs in a process of its own account; that process writes state and log, and notifies the monitor.</summary>
    internal bool IsElsewhere { get; init; }
}
