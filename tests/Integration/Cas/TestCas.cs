using System.Collections.Concurrent;
using StepCaRenew.DevCa;

[assembly: AssemblyFixture(typeof(StepCaRenew.Integration.Cas.TestCas))]

namespace StepCaRenew.Integration.Cas;

/// <summary>
/// The CAs that tests share: each is started when the first test needs it, and ended with the test run. A test can
/// share a CA if it revokes only its own certificates, counts no requests and needs no faults.
/// </summary>
public sealed class TestCas : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<(CaKind, TestCaOptions), Lazy<Task<ITestCa>>> Running = new();

    /// <summary>For a theory that runs on both.</summary>
    public static TheoryData<CaKind> All { get; } = [CaKind.DevCa, CaKind.StepCa];

    /// <summary>For a theory about differences between the generations of the server.</summary>
    public static TheoryData<CaKind> AllGenerations { get; } = [CaKind.DevCa, CaKind.StepCa, CaKind.DevCa30, CaKind.StepCa30];

    /// <summary>A shared CA; skips the test if it cannot run, or fails it if STEPCARENEW_STRICT is 1.</summary>
    public static Task<ITestCa> GetAsync(CaKind kind, TestCaOptions? options = null) =>
        Running.GetOrAdd((kind, options ?? new()), key => new(() => StartAsync(key.Item1, key.Item2))).Value;

    /// <summary>A CA for one test, which must dispose it.</summary>
    public static async Task<ITestCa> StartAsync(CaKind kind, TestCaOptions options) => kind switch
    {
        CaKind.StepCa => await StepTestCa.StartAsync(options),
        CaKind.StepCa30 => await StepTestCa.StartAsync(options, Generation.V30),
        CaKind.DevCa30 => await DevTestCa.StartAsync(options, Generation.V30),
        _ => await DevTestCa.StartAsync(options),
    };

    public async ValueTask DisposeAsync()
    {
        foreach (var ca in Running.Values.Where(ca => ca.IsValueCreated && ca.Value.IsCompletedSuccessfully))
            await (await ca.Value).DisposeAsync();
        Running.Clear();
    }
}
