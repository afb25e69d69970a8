using Microsoft.Extensions.Logging;
using StepCaRenew.Actions;
using StepCaRenew.Files;
using StepCaRenew.Logging;
using StepCaRenew.Safety;
using StepCaRenew.StepCa;

namespace StepCaRenew.Renewals;

/// <summary>
/// What a run that -RunNow started tests if its certificate is not due: the CA's address and root, the programs of the
/// actions, and the account's permission to write where the pair lies. The pair has been read before.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="environment">The environment variables.</param>
/// <param name="logger">Told of the outcome.</param>
internal sealed class RunTest(TimeProvider clock, Func<string, string?> environment, ILogger logger)
{
    /// <summary>Tests it.</summary>
    /// <returns>The result that says so, or the failure: what would fail when the certificate is due fails now.</returns>
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
            return (notDue with { Message = $"{notDue.Message} The CA's address and root, the programs and the account's permissions were tested." }, null);
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
                    "A certificate is replaced by renaming a new file over it: make its folder writable for that user, or name another account in -UserId.");
        }
    }
}
