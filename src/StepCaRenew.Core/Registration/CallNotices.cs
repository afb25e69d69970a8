using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Json;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// The notifiers of a call by hand. Their reports are recorded in one small file per certificate in the state folder of the user:
/// such a call has no state of its own. If that cannot be read or written, a failure is reported again.
/// </summary>
internal sealed class CallNotices(IReadOnlyList<Notifier> notifiers, ActionHost host, TimeProvider clock, Func<string, string?> environment, CallLog log)
{
    // Not a name of a registered renewal.
    private const string Folder = ".calls";

    private readonly Dictionary<string, (Incident? Failure, RenewalResult? Result)> subjects = [];
    private readonly FailureNotices notices = new(host, clock);
    private readonly ILogger logger = log;

    /// <summary>Records the outcome of a certificate, after its follow-ups.</summary>
    public void Record(RenewalOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        // Nothing was done: the user refused it.
        if (outcome.Result.Status == RenewalStatus.WouldRenew)
            subjects.Remove(outcome.Result.CertificatePath);
        else
            subjects[outcome.Result.CertificatePath] = (outcome.Incident, outcome.Result);
    }

    /// <summary>Records an error that is not that of a certificate: of an input, or of the call.</summary>
    /// <param name="input">The input as given; empty for the call.</param>
    /// <param name="error">The error.</param>
    public void Record(string input, RenewalException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        subjects[Full(input)] = (Incident.FromError(NameOf(input), Full(input), error), null);
    }

    /// <summary>Records that an input, or the call, had no error of its own.</summary>
    /// <param name="input">The input as given; empty for the call.</param>
    public void RecordSuccess(string input) =>
        subjects.TryAdd(Full(input), (null, new RenewalResult { Name = NameOf(input), CertificatePath = Full(input), Message = string.Empty }));

    /// <summary>Runs the notifiers.</summary>
    /// <param name="cancellationToken">Ends one.</param>
    /// <returns>One error for each notifier that failed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<IReadOnlyList<RenewalException>> NotifyAsync(CancellationToken cancellationToken)
    {
        foreach (var (subject, (failure, result)) in subjects)
        {
            var before = Read(subject);
            if (before is null && failure is null)
                continue;
            var after = failure is not null
                ? await notices.ReportAsync(before, notifiers, failure, logger, cancellationToken).ConfigureAwait(false)
                : await notices.RecoverAsync(before, notifiers, result!, logger, cancellationToken).ConfigureAwait(false);
            if (after != before)
                Write(subject, after);
        }

        subjects.Clear();
        return notices.Errors;
    }

    private string Full(string input) => input.Length == 0 ? input : Path.Combine(host.WorkingDirectory, input);

    private static string NameOf(string input) => input.Length == 0 ? "Invoke-StepRenewal" : Path.GetFileName(input.TrimEnd('/', '\\')) is { Length: > 0 } name ? name : input;

    private string PathOf(string subject) => Path.Combine(
        RenewalFolders.ForScope(RenewalScope.CurrentUser, environment).State, Folder, $"{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(subject))).ToLowerInvariant()}.json");

    private ReportedFailures? Read(string subject)
    {
        var path = string.Empty;
        try
        {
            path = PathOf(subject);
            return File.Exists(path) && AtomicFile.Read(path) is { } bytes ? JsonSerializer.Deserialize(bytes, StateJson.Default.ReportedFailures) : null;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException or JsonException)
        {
            NotifierLog.RecordNotUsed(logger, path, "read", e is JsonException ? "it is damaged." : e.Message);
            return null;
        }
    }

    // Private: the hash of an action could be compared with that of guessed arguments.
    private void Write(string subject, ReportedFailures? reported)
    {
        var path = string.Empty;
        try
        {
            path = PathOf(subject);
            if (reported is null)
            {
                AtomicFile.Delete(path);
                return;
            }

            OwnFolder.Make(Path.GetDirectoryName(path)!, RenewalScope.CurrentUser);
            AtomicFile.Write(path, JsonText.Render(json => JsonSerializer.Serialize(json, reported, StateJson.Default.ReportedFailures)), isPrivate: true);
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            NotifierLog.RecordNotUsed(logger, path, "written", e.Message);
        }
    }
}
