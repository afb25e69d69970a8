using StepCaRenew.Certificates;
using StepCaRenew.Files;
using StepCaRenew.Scheduling;

namespace StepCaRenew.Renewals;

/// <summary>A registered renewal that was read, and found safe to be run.</summary>
public sealed class RegisteredRenewal : IDisposable
{
    // A run that takes longer than its interval only makes the next one wait.
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly KeyPassword? password;

    private RegisteredRenewal(RenewalFolders folders, RenewalDefinition definition, KeyPassword? password, Uri? healthCheckUri) =>
        (Folders, Definition, this.password, HealthCheckUri) = (folders, definition, password, healthCheckUri);

    /// <summary>Where it is registered.</summary>
    public RenewalFolders Folders { get; }

    /// <summary>The definition.</summary>
    public RenewalDefinition Definition { get; }

    /// <summary>The monitor's address; a secret but for its host.</summary>
    public Uri? HealthCheckUri { get; }

    /// <summary>Where its events go.</summary>
    public string LogPath => LogOf(Folders, Definition);

    /// <summary>Demands that this process runs as the account of a renewal, and that only this account can change what the renewal says and runs.</summary>
    /// <param name="store">Where it is registered.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="module">What runs.</param>
    /// <exception cref="RenewalException">It runs as another account, or others may change what it says or runs.</exception>
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

    /// <summary>The request of one run.</summary>
    /// <param name="isScheduled">Whether a scheduler started it: then it has as long for its tries as it has time until the next one.</param>
    public RenewalRequest ToRequest(bool isScheduled)
    {
        var request = Definition.ToRequest(password) with { RecordFolder = RecordFolder() };
        return isScheduled && Definition.RetryTimeout is null ? request with { RetryTimeout = RetryTime(Definition.Interval ?? IntervalOfCertificate()) } : request;
    }

    /// <inheritdoc/>
    public void Dispose() => password?.Dispose();

    /// <summary>How long after its first try a scheduled run may begin another one.</summary>
    /// <param name="interval">The schedule's interval.</param>
    internal static TimeSpan RetryTime(TimeSpan interval) => interval / 2 < LongestRetry ? interval / 2 : LongestRetry;

    /// <summary>The log of a renewal.</summary>
    internal static string LogOf(RenewalFolders folders, RenewalDefinition definition) => definition.LogPath ?? UsualLogOf(folders, definition.Name);

    /// <summary>The log of a renewal that names none.</summary>
    internal static string UsualLogOf(RenewalFolders folders, string name) => Path.Combine(folders.LogFolder(name), "renewal.log");

    // Next to the pair, its owner could hold the lock for ever, or empty the record: the actions would never run, and nobody would be told.
    private string RecordFolder()
    {
        var state = Folders.StateFolder(Definition.Name);
        try
        {
            using var folder = OpenFolder.Follow(state);
            return folder.Path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whatever writes there says so.
            return state;
        }
    }

    private TimeSpan IntervalOfCertificate()
    {
        try
        {
            using var folders = new OpenFolders();
            using var certificate = CertificateFile.Load(Definition.CertificatePath, path => folders.OpenToRead(TargetPath.Follow(path)));
            return ScheduleInterval.For(CertificatePair.ValidityOf(certificate.Leaf).Lifetime) ?? ScheduleInterval.All[0];
        }
        catch (RenewalException)
        {
            // The run itself says so.
            return ScheduleInterval.All[0];
        }
    }
}
