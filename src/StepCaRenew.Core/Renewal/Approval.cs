using StepCaRenew.Stores;
using StepCaRenew.Text;

namespace StepCaRenew.Renewal;

/// <summary>Asks the user before a change, once for each kind.</summary>
internal sealed class Approval(RenewalRequest request)
{
    private bool? renewal;
    private bool? recovery;

    /// <summary>Asks whether the certificate may be renewed.</summary>
    public async Task<bool> ForRenewalAsync(PairFacts pair, CancellationToken cancellationToken)
    {
        var what = request.Rekey ? "Renew, with a new key, the certificate" : "Renew the certificate";
        return renewal ??= await AskAsync($"{what} of {pair.Subject}, valid until {MessageTime.Local(pair.Validity.NotAfter)}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks whether an interrupted replacement may be completed or undone.</summary>
    public async Task<bool> ForRecoveryAsync(CancellationToken cancellationToken) =>
        recovery ??= await AskAsync("Complete or undo an interrupted replacement", cancellationToken).ConfigureAwait(false);

    /// <summary>Asks whether pending actions of an earlier renewal may be run.</summary>
    public Task<bool> ForActionsAsync(CancellationToken cancellationToken) =>
        AskAsync("Run the pending actions of an earlier renewal", cancellationToken);

    private Task<bool> AskAsync(string action, CancellationToken cancellationToken) =>
        request.ApproveAsync(new RenewalPlan(request.CertificatePath, action), cancellationToken);
}
