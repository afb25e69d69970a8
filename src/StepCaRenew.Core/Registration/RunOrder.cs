using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.Certificates.Pem;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;
using StepCaRenew.Renewal;

namespace StepCaRenew.Registration;

/// <summary>
/// The order of -RunNow for the run that it starts: to renew or to test. It is a file in the state folder, since the command
/// of a schedule has only the name. The run deletes it first, and ignores an old one.
/// </summary>
internal static class RunOrder
{
    // Longer than a scheduler takes to start a run.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Writes the order.</summary>
    /// <param name="isForced">Whether the run renews even if the certificate is not due; else it tests what a renewal needs.</param>
    /// <exception cref="RenewalException">The state folder cannot be written.</exception>
    public static void Write(RenewalFolders folders, string name, bool isForced) =>
        AtomicFile.Write(PathOf(folders, name), TextFile.Encode(isForced ? "renew" : "test"), isPrivate: false);

    /// <summary>Deletes the order.</summary>
    /// <returns>Whether a run had read it before, so the file was gone.</returns>
    public static bool Delete(RenewalFolders folders, string name)
    {
        var path = PathOf(folders, name);
        var wasRead = !File.Exists(path);
        AtomicFile.Delete(path);
        return wasRead;
    }

    /// <summary>Reads the order and deletes it; null if there is none.</summary>
    /// <returns>Whether to renew even if the certificate is not due.</returns>
    public static bool? ReadOnce(RenewalFolders folders, string name, TimeProvider clock)
    {
        var path = PathOf(folders, name);
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null } file)
                return null;
            var isRecent = clock.GetUtcNow() - file.LastWriteTimeUtc < Lifetime;
            // Through the opened folder: a link or a pipe put there in the meantime is not followed, and not waited for.
            var text = AtomicFile.Read(path) is { } bytes ? TextFile.Decode(bytes) : null;
            AtomicFile.Delete(path);
            return isRecent && text is not null ? text == "renew" : null;
        }
        catch (Exception e) when (e is RenewalException or IOException or UnauthorizedAccessException)
        {
            // An order that cannot be deleted is ignored; else it would apply to every run.
            return null;
        }
    }

    private static string PathOf(RenewalFolders folders, string name) => Path.Combine(folders.StateFolder(name), "run-now");
}

/// <summary>
/// The test of a run that -RunNow started if its certificate is not due: it contacts the CA, finds the programs of the
/// actions, and checks that the account can write in the folders of the pair. The pair was read before.
/// </summary>
internal sealed class RunTest(TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    /// <summary>Tests what a renewal of the certificates that are not due needs. Their results get a note about the test, or the error that a renewal would have.</summary>
    public async Task RunAsync(RenewalDefinition definition, ActionHost host, IReadOnlyList<RenewalOutcome> runs, CancellationToken cancellationToken)
    {
        RenewalException? problem = null;
        var notDue = runs.Where(run => run.Error is null && run.Result.Status == RenewalStatus.NotDue).ToList();
        if (notDue.Count == 0)
            return;
        try
        {
            foreach (var action in definition.Actions.Concat(definition.OnFailure.Select(notifier => notifier.Action)))
                action.RequireRunnable(host);
            var settings = CaSettingsResolver.Resolve(definition.Ca, environment);
            using var roots = TrustedRoots.Load(settings);
            await new CaClient(settings, roots, clock, environment).GetHealthAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RenewalException e)
        {
            problem = e;
        }

        foreach (var run in notDue)
            AddTo(run, FindFolderProblem(definition.For(run.CertificatePath) with { KeyPath = run.Result.KeyPath }) ?? problem);
        if (notDue.TrueForAll(run => run.Error is null))
            TaskLog.Tested(logger, definition.Name);
    }

    private void AddTo(RenewalOutcome run, RenewalException? problem)
    {
        run.Error = problem;
        if (problem is not null)
            RenewalLog.Failed(logger, run.CertificatePath, problem.ErrorId, problem.Message);
        run.Result = problem is null
            ? run.Result with { Message = $"{run.Result.Message} The connection to the CA, the programs and the permissions of the account were tested." }
            : run.Result with { Status = RenewalStatus.Failed, ErrorId = problem.ErrorId, Message = problem.Message };
    }

    private static RenewalException? FindFolderProblem(RenewalDefinition definition)
    {
        if (OperatingSystem.IsWindows())
            return null;
        foreach (var path in definition.Publications.Select(publication => publication.FilePath).Prepend(definition.Rekey ? definition.KeyPath : null).Prepend(definition.CertificatePath).OfType<string>())
        {
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!UnixNative.MayWrite(folder))
                return AccountRights.NotWritable(CurrentUser.Name, folder);
        }

        return null;
    }
}
