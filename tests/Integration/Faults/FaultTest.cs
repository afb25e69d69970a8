using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>After each fault the old pair is unchanged, byte for byte, and the only other file is the lock.</summary>
public abstract class FaultTest : EngineTest
{
    /// <summary>A pair in a folder of its own below that of the test.</summary>
    private protected async Task<IssuedPair> IssueIntoAsync(ITestCa ca, string folder)
    {
        Directory.CreateDirectory(folder);
        return await IssueAsync(ca, into: folder);
    }

    /// <summary>The run fails with the expected error.</summary>
    private protected async Task<RenewalException> IntactAsync(string errorId, RenewalRequest request)
    {
        var before = Everything(request);
        var (result, error) = await RunAsync(request);
        AssertFailed(errorId, result, error);
        Assert.Equal(before, Everything(request));
        return error!;
    }

    /// <summary>The same for the user who may do nothing.</summary>
    private protected RenewalException IntactUnprivileged(string errorId, RenewalRequest request)
    {
        Tool.RequireRoot();
        var before = Everything(request);
        var (result, error) = Unprivileged.Run(() => RunAsync(request));
        AssertFailed(errorId, result, error);
        Assert.Equal(before, Everything(request));
        return error!;
    }

    /// <summary>The run rekeys; both files are new and belong together, and nothing is left.</summary>
    private protected async Task<RenewalResult> RekeyedAsync(RenewalRequest request)
    {
        var (result, error) = await RunAsync(request with { Rekey = true });
        Assert.True(error is null, $"{error?.ErrorId}: {error}");
        using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, request.KeyPassword);
        Assert.True(pair.Matches);
        Assert.Equal(result.SerialNumber, pair.Leaf.SerialNumber);
        return result;
    }

    /// <summary>Leaves the pair as a crash in the middle of a rekey does: the key is new, the certificate old.</summary>
    private protected static async Task CrashHalfwayAsync(RenewalRequest request)
    {
        var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, NullLogger.Instance, _ => new HalfVolume());
        var (_, error) = await engine.RenewAsync(request with { Rekey = true }, CancellationToken.None);
        Assert.IsType<DyingVolume.CrashException>(error?.InnerException);
        using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, request.KeyPassword);
        Assert.False(pair.Matches);
    }

    /// <summary>The lock file of a pair.</summary>
    private protected static string LockOf(IssuedPair pair) =>
        Path.Combine(Path.GetDirectoryName(pair.CertificatePath)!, $".{Path.GetFileName(pair.CertificatePath)}.stepcarenew-lock");

    /// <summary>All files next to the pair except the lock; staged files would be among them.</summary>
    private protected static IReadOnlyList<string> Everything(RenewalRequest request) =>
    [
        .. new[] { request.CertificatePath, request.KeyPath! }.Select(path => Path.GetDirectoryName(path)!).Distinct().Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0 }))
            .Where(path => !LockName.Is(path)).Order(StringComparer.Ordinal).Select(Describe),
    ];

    private static void AssertFailed(string errorId, RenewalResult result, RenewalException? error)
    {
        Assert.True(error is not null, $"It did not fail, but {result.Status}.");
        Assert.True(error.ErrorId == errorId, $"Expected {errorId}, but it was {error.ErrorId}: {error}");
        AssertResult.Is(result, RenewalStatus.Failed, errorId: errorId);
        Assert.NotEmpty(error.Remedy);
    }

    private static string Describe(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is { } target)
            return $"{path} -> {target}";
        return Directory.Exists(path) || FileKind.IsSpecial(path) ? $"{path} {info.Attributes}" : $"{path} {Rights.Describe(path)} {Convert.ToHexString(File.ReadAllBytes(path))}";
    }
}
