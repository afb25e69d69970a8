using StepCaRenew.Certificates;
using StepCaRenew.Text;

namespace StepCaRenew.Renewal;

/// <summary>Asks for leave, and asks once.</summary>
internal sealed class Approval(RenewalRequest request)
{
    private bool? renewal;
    private bool? recovery;

    /// <summary>Whether the certificate may be renewed.</summary>
    public async Task<bool> ForRenewalAsync(PairFacts pair, CancellationToken cancellationToken)
    {
        var what = request.Rekey ? "Renew, with a new key, the certificate" : "Renew the certificate";
        return renewal ??= await AskAsync($"{what} of {pair.Subject}, valid until {MessageTime.Local(pair.Validity.NotAfter)}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether an interrupted replacement may be finished or undone.</summary>
    public async Task<bool> ForRecoveryAsync(CancellationToken cancellationToken) =>
        recovery ??= await AskAsync("Finish or undo a replacement that was interrupted", cancellationToken).ConfigureAwait(false);

    /// <summary>Whether actions that an earlier run left pending may be run.</summary>
    public Task<bool> ForActionsAsync(CancellationToken cancellationToken) =>
        AskAsync("Run the actions that are pending since an earlier renewal", cancellationToken);

    private Task<bool> AskAsync(string action, CancellationToken cancellationToken) =>
        request.ApproveAsync(new RenewalPlan(request.CertificatePath, action), cancellationToken);
}
