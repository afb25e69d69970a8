using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Engine;

/// <summary>The parts that tests of the engine share: a folder, a log, a clock, and an environment of their own.</summary>
public abstract class EngineTest : IDisposable
{
    private readonly TestFolder folder = new();

    private protected static TestCaOptions RenewsExpired { get; } = new() { AllowRenewalAfterExpiry = true };

    /// <summary>Certificates and keys of this test, and nothing else.</summary>
    private protected string Folder => folder;

    internal CollectingLogger Log { get; } = new();

    private protected TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Makes the file system of a run; by default the real one.</summary>
    internal Func<OpenFolders, IVolume> Volumes { get; set; } = folders => new Volume(folders);

    /// <summary>The environment variables of the engine; never those of the machine, which may name a proxy.</summary>
    private protected Dictionary<string, string> Variables { get; } = [];

    private protected static Task<ITestCa> CaAsync(CaKind kind, TestCaOptions? options = null) => TestCas.GetAsync(kind, options);

    /// <summary>A certificate of a name of its own, in files that were not written just now.</summary>
    private protected async Task<IssuedPair> IssueAsync(
        ITestCa ca, string provisioner = "admin", TimeSpan? age = null, TimeSpan? lifetime = null, string key = "EC-P256", string? into = null)
    {
        ArgumentNullException.ThrowIfNull(ca);
        var pair = await ca.IssueAsync(new()
        {
            Name = $"{Guid.NewGuid():N}.local",
            Folder = into ?? Folder,
            Provisioner = provisioner,
            Age = age,
            Lifetime = lifetime,
            KeyAlgorithm = key,
        });
        Age(pair.CertificatePath);
        Age(pair.KeyPath);
        return pair;
    }

    /// <summary>A certificate that ended five minutes ago.</summary>
    private protected Task<IssuedPair> ExpiredAsync(ITestCa ca) => IssueAsync(ca, age: TimeSpan.FromMinutes(15), lifetime: TimeSpan.FromMinutes(10));

    /// <summary>A file that nobody is deploying at this moment.</summary>
    private protected static void Age(string path) => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-1));

    private protected static RenewalRequest ByToken(RenewalRequest request, bool useToken = true) => request with { Ca = request.Ca with { Transport = useToken ? Transport.Token : Transport.Tls } };

    /// <summary>To be renewed now, without retries.</summary>
    private protected static RenewalRequest Request(ITestCa ca, IssuedPair pair)
    {
        ArgumentNullException.ThrowIfNull(ca);
        ArgumentNullException.ThrowIfNull(pair);
        return new()
        {
            CertificatePath = pair.CertificatePath,
            KeyPath = pair.KeyPath,
            Rule = RenewalRule.Force,
            Ca = new() { StepPath = ca.StepPath },
            RetryTimeout = TimeSpan.Zero,
        };
    }

    private protected async Task<(RenewalResult Result, RenewalException? Error)> RunAsync(RenewalRequest request, CancellationToken cancellationToken = default)
    {
        var engine = new RenewalEngine(Clock, () => 0.5, name => Variables.GetValueOrDefault(name), Log, Volumes);
        var (result, error) = await engine.RenewAsync(request, cancellationToken);
        return (result, error);
    }

    /// <summary>The run renews; certificate and key on disk belong together, and the certificate is the one of the result.</summary>
    private protected async Task<RenewalResult> RenewedAsync(RenewalRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (result, error) = await RunAsync(request, cancellationToken);
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        AssertResult.Is(result, RenewalStatus.Renewed, changed: true, errorId: null);
        Assert.NotEqual(result.OldSerialNumber, result.SerialNumber);
        using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, request.KeyPassword);
        Assert.True(pair.Matches);
        Assert.Equal(result.SerialNumber, pair.Leaf.SerialNumber);
        AssertNothingStaged();
        return result;
    }

    /// <summary>The run fails with a complete error, and the folder is unchanged, byte for byte.</summary>
    private protected async Task<(RenewalResult Result, RenewalException Error)> FailsAsync(string errorId, RenewalRequest request, CancellationToken cancellationToken = default)
    {
        var before = FolderSnapshot.Take(Folder);
        var failure = await FailsUnwatchedAsync(errorId, request, cancellationToken);
        before.AssertUntouched();
        return failure;
    }

    /// <summary>The same, where the test itself changes files meanwhile.</summary>
    private protected async Task<(RenewalResult Result, RenewalException Error)> FailsUnwatchedAsync(string errorId, RenewalRequest request, CancellationToken cancellationToken = default)
    {
        var (result, error) = await RunAsync(request, cancellationToken);
        Assert.True(error is not null, $"It did not fail, but {result.Status}.");
        Assert.True(error.ErrorId == errorId, $"Expected {errorId}, but it was {error.ErrorId}: {error}");
        AssertResult.Is(result, RenewalStatus.Failed, changed: false, errorId: errorId, message: error.Message);
        Assert.DoesNotContain(error.Message + error.Remedy, char.IsControl);
        Assert.NotEmpty(error.Remedy);
        Assert.Equal(1, Log.Count(Event.Failed));
        AssertNothingStaged();
        return (result, error);
    }

    private protected void AssertNothingStaged() =>
        Assert.DoesNotContain(Directory.EnumerateFiles(Folder, "*", new EnumerationOptions { AttributesToSkip = 0 }), file => file.Contains(".stepcarenew", StringComparison.Ordinal) && !LockName.Is(file));

    private protected static X509Certificate2Collection LoadPem(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(File.ReadAllText(path));
        return certificates;
    }

    /// <summary>A key as a file may hold it; the password is for those that are encrypted.</summary>
    private protected static byte[] ExportKey(AsymmetricAlgorithm key, string form, string password) => KeyForms.Export(key, form, password);

    public virtual void Dispose()
    {
        folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
