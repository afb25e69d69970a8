using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>The behaviour that DevCa and the real step-ca share; each contract runs on both generations of both, see Suites.cs.</summary>
public abstract class CaContract(CaKind kind) : IDisposable
{
    protected const string Unauthorized =
        "The request lacked necessary authorization to be completed. Please see the certificate authority logs for more info.";

    protected const string BadRequest = "The request could not be completed: ";
    protected const string Forbidden = "The request was forbidden by the certificate authority: ";

    private readonly TestFolder _folder = new();

    protected static TestCaOptions RenewsExpired { get; } = new() { AllowRenewalAfterExpiry = true };

    protected CaKind Kind { get; } = kind;

    /// <summary>The answer of each generation of the server.</summary>
    protected T ByGeneration<T>(T v19, T v30) => Kind is CaKind.DevCa30 or CaKind.StepCa30 ? v30 : v19;

    protected Task<ITestCa> CaAsync(TestCaOptions? options = null) => TestCas.GetAsync(Kind, options);

    /// <summary>Issues a certificate with a unique name.</summary>
    protected async Task<IssuedPair> IssueAsync(
        ITestCa ca, string provisioner = "admin", TimeSpan? age = null, TimeSpan? lifetime = null, string key = "EC-P256",
        bool digitalSignature = true, bool serverAuth = true, params string[] sans) => await ca.IssueAsync(new()
        {
            Name = $"{Guid.NewGuid():N}.local",
            Sans = sans,
            Folder = _folder,
            Provisioner = provisioner,
            Age = age,
            Lifetime = lifetime,
            KeyAlgorithm = key,
            DigitalSignature = digitalSignature,
            ServerAuth = serverAuth,
        });

    /// <summary>A certificate that ended five minutes ago.</summary>
    protected Task<IssuedPair> ExpiredAsync(ITestCa ca) => IssueAsync(ca, age: TimeSpan.FromMinutes(15), lifetime: TimeSpan.FromMinutes(10));

    protected static Task<CaAnswer> GetAsync(ITestCa ca, string path) => CaAnswer.SendAsync(ca, HttpMethod.Get, path);

    /// <summary>Posts JSON, or nothing for null, with a client certificate if one is given.</summary>
    protected static async Task<CaAnswer> PostAsync(ITestCa ca, string path, object? body = null, IssuedPair? client = null, string? bearer = null)
    {
        using X509Certificate2? certificate = client?.LoadWithKey();
        return await CaAnswer.SendAsync(ca, HttpMethod.Post, path, body, certificate, bearer);
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
