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
        return renewal ??= await AskAsync($"{what} of {pair.Subject}, valid until {MessageTime.Local(pair.Validity.NotAfter)}{(request.Publications.Count == 0 ? string.Empty : $", and publish it{Publications}")}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks whether an interrupted replacement may be completed or undone.</summary>
    public async Task<bool> ForRecoveryAsync(CancellationToken cancellationToken) =>
        recovery ??= await AskAsync("Complete or undo an interrupted replacement", cancellationToken).ConfigureAwait(false);

    /// <summary>Asks whether pending follow-ups of an earlier renewal may be run.</summary>
    /// <param name="isPublished">Whether only actions are pending.</param>
    public Task<bool> ForFollowUpsAsync(bool isPublished, CancellationToken cancellationToken) =>
        AskAsync(isPublished ? "Run the pending actions of an earlier renewal" : $"Publish the certificate without renewing it{Publications}", cancellationToken);

    private string Publications => $" to {string.Join(", ", request.Publications.Select(publication => $"'{publication.Path}'"))}";

    private Task<bool> AskAsync(string action, CancellationToken cancellationToken) =>
        request.ApproveAsync(new RenewalPlan(request.CertificatePath, action), cancellationToken);
}
