using System.Security.Cryptography.X509Certificates;
using StepCaRenew.DevCa.Authority;

namespace StepCaRenew.DevCa.Api;

/// <summary>Routes requests: every path with and without /1.0; other paths get Go's answer.</summary>
internal static class Router
{
    public static async Task<ApiAnswer> AnswerAsync(CaState state, HttpContext http, string path)
    {
        if (Endpoint(state, http, path) is not var (method, handle))
            return ApiAnswer.Text(404, "text/plain; charset=utf-8", "404 page not found\n");
        if (http.Request.Method != method)
            return ApiAnswer.Empty(405);
        try
        {
            var answer = await handle();
            if (answer.Issued is { } issued)
                state.Issuances.Enqueue(new(path, issued.Leaf.GetNameInfo(X509NameType.SimpleName, forIssuer: false)));
            return answer;
        }
        catch (ApiError error)
        {
            return error.ToAnswer();
        }
    }

    /// <summary>The path without the version in front.</summary>
    public static string Normalize(string path) => path.StartsWith("/1.0/", StringComparison.Ordinal) ? path[4..] : path;

    private static (string Method, Func<Task<ApiAnswer>> Handle)? Endpoint(CaState state, HttpContext http, string path) =>
        path.Split('/')[1..] switch
        {
            ["health"] => Get(InfoEndpoints.Health),
            ["version"] => Get(() => InfoEndpoints.Version(state)),
            ["roots"] or ["federation"] => Get(() => InfoEndpoints.List(state.Ca.Roots)),
            ["roots.pem"] => Get(() => InfoEndpoints.Pem(state.Ca.Roots)),
            ["intermediates"] when state.IsNewer => Get(() => InfoEndpoints.List(state.Ca.Intermediates)),
            ["intermediates.pem"] when state.IsNewer => Get(() => InfoEndpoints.Pem(state.Ca.Intermediates)),
            ["crl"] when state.IsNewer => Get(() => throw ApiError.NoCrl()),
            ["root", { Length: > 0 } fingerprint] => Get(() => InfoEndpoints.Root(state, fingerprint)),
            ["provisioners"] => Get(() => ProvisionerEndpoints.List(state, http)),
            ["provisioners", { Length: > 0 } keyId, "encrypted-key"] => Get(() => ProvisionerEndpoints.EncryptedKey(state, keyId)),
            ["sign"] => ("POST", () => SignEndpoint.HandleAsync(state, http)),
            ["renew"] => ("POST", () => RenewEndpoint.HandleAsync(state, http)),
            ["rekey"] => ("POST", () => RekeyEndpoint.HandleAsync(state, http)),
            ["revoke"] => ("POST", () => RevokeEndpoint.HandleAsync(state, http)),
            _ => null,
        };

    // The answer is made in the task, so that a refusal is caught in one place.
    private static (string, Func<Task<ApiAnswer>>) Get(Func<ApiAnswer> answer) => ("GET", () => Task.Run(answer));
}
