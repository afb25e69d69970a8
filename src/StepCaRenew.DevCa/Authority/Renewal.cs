using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Whether a leaf may be renewed, and its successor.</summary>
internal static class Renewal
{
    public static Issued Renew(CaState state, X509Certificate2 old, PublicKey? newKey = null)
    {
        Authorize(state, old);
        var begin = state.Now - state.Options.Backdate;
        var ca = state.Ca;
        var leaf = ca.Issuer.Renew(old, newKey, begin, begin + (old.NotAfter - old.NotBefore));
        return new(leaf, ca.Intermediates);
    }

    private static void Authorize(CaState state, X509Certificate2 old)
    {
        var provisioner = state.ProvisionerOf(old);
        var expired = state.Now > old.NotAfter.ToUniversalTime() && !state.Options.AllowRenewalAfterExpiry;
        if (state.IsRevoked(Serials.Decimal(old)) || provisioner is null || provisioner.DisableRenewal
            || state.Now < old.NotBefore.ToUniversalTime() || expired)
            throw ApiError.Unauthorized();
    }
}
