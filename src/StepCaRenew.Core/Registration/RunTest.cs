using Microsoft.Extensions.Logging;
using StepCaRenew.Accounts;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.FileSystem;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Logging;

namespace StepCaRenew.Registration;

/// <summary>
/// The test of a run that -RunNow started if its certificate is not due: it contacts the CA, finds the programs of the
/// actions, and checks that the account can write in the folders of the pair. The pair was read before.
/// </summary>
internal sealed class RunTest(TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    /// <returns>The result with a note about the test, or the error that a renewal would have.</returns>
    public async Task<(RenewalResult Result, RenewalException? Error)> RunAsync(
        RenewalDefinition definition, ActionHost host, RenewalResult notDue, CancellationToken cancellationToken)
    {
        try
        {
            RequireWritableFolders(definition);
            foreach (var action in definition.Actions)
                action.RequireRunnable(host);
            var settings = CaSettingsResolver.Resolve(definition.Ca, environment);
            using var roots = TrustedRoots.Load(settings);
            await new CaClient(settings, roots, clock, environment).GetHealthAsync(cancellationToken).ConfigureAwait(false);
            TaskLog.Tested(logger, definition.Name);
            return (notDue with { Message = $"{notDue.Message} The connection to the CA, the programs and the permissions of the account were tested." }, null);
        }
        catch (RenewalException e)
        {
            RenewalLog.Failed(logger, definition.CertificatePath, e.ErrorId, e.Message);
            return (notDue with { Status = RenewalStatus.Failed, ErrorId = e.ErrorId, Message = e.Message }, e);
        }
    }

    private static void RequireWritableFolders(RenewalDefinition definition)
    {
        if (OperatingSystem.IsWindows())
            return;
        foreach (var path in new[] { definition.CertificatePath, definition.Rekey ? definition.KeyPath : null }.OfType<string>())
        {
            var folder = Path.GetDirectoryName(TargetPath.Follow(path))!;
            if (!UnixNative.MayWrite(folder))
                throw new RenewalException(
                    ErrorId.FolderNotWritable, $"'{CurrentUser.Name}', the account of this run, cannot write in the folder '{folder}'.",
                    "The run replaces the certificate by renaming a new file, so it must write in the folder. Make the folder writable for that user, or name another account in -UserId.");
        }
    }
}
