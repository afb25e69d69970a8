using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Api;

namespace StepCaRenew.DevCa.Authority;

/// <summary>Checks whether a leaf may be renewed, and renews it.</summary>
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

    private static string Expired(X509Certificate2 old) => string.Create(CultureInfo.InvariantCulture,
        $"The request lacked necessary authorization to be completed: certificate expired on {old.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss} +0000 UTC");

    private static void Authorize(CaState state, X509Certificate2 old)
    {
        var provisioner = state.ProvisionerOf(old);
        if (state.IsRevoked(Serials.Decimal(old)) || provisioner is null || provisioner.DisableRenewal || state.Now < old.NotBefore.ToUniversalTime())
            throw ApiError.Unauthorized();
        if (state.Now > old.NotAfter.ToUniversalTime() && !state.Options.AllowRenewalAfterExpiry)
            throw ApiError.Unauthorized(state.IsNewer ? Expired(old) : null);
    }
}
