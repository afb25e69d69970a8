using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Engine;

/// <summary>The parts that tests of calls over many certificates share.</summary>
public abstract class TransportTest : EngineTest
{
    // As many as the cmdlet on a machine with four cores.
    private const int Workers = 16;

    private protected async Task<List<IssuedPair>> IssueManyAsync(ITestCa ca, int count)
    {
        var pairs = new List<IssuedPair>();
        for (var i = 0; i < count; i++)
            pairs.Add(await IssueAsync(ca, age: TimeSpan.FromMinutes(1)));
        return pairs;
    }

    /// <summary>Renews in one call; the results have the order of the requests.</summary>
    private protected async Task<List<RenewalOutcome>> CallAsync(IReadOnlyList<RenewalRequest> requests, int workers = Workers)
    {
        var outcomes = new RenewalOutcome[requests.Count];
        using var call = new RenewalCall(Clock, () => 0.5, name => Variables.GetValueOrDefault(name), Log);
        await Parallel.ForAsync(0, requests.Count, new ParallelOptions { MaxDegreeOfParallelism = workers }, async (i, token) => outcomes[i] = await call.RenewAsync(requests[i], token));
        return [.. outcomes];
    }

    /// <summary>Renews in one call; every certificate is renewed, its files have the new one, and the CA has issued one for each.</summary>
    private protected async Task<List<RenewalResult>> RenewedAsync(ITestCa ca, IReadOnlyList<RenewalRequest> requests, int workers = Workers)
    {
        var before = ca.IssuedCount("/renew") + ca.IssuedCount("/rekey");
        var outcomes = await CallAsync(requests, workers);
        Assert.All(outcomes, outcome => Assert.True(outcome.Error is null, $"{outcome.Error?.ErrorId}: {outcome.Error}"));
        Assert.Equal(requests.Count, ca.IssuedCount("/renew") + ca.IssuedCount("/rekey") - before);
        foreach (var (request, result) in requests.Zip(outcomes.Select(outcome => outcome.Result)))
        {
            AssertResult.Is(result, RenewalStatus.Renewed, changed: true, errorId: null);
            Assert.NotEqual(result.OldSerialNumber, result.SerialNumber);
            using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, null);
            Assert.True(pair.Matches);
            Assert.Equal(result.SerialNumber, pair.Leaf.SerialNumber);
        }

        AssertNothingStaged();
        return [.. outcomes.Select(outcome => outcome.Result)];
    }

    private protected static int CountByToken(IEnumerable<RenewalResult> results) => results.Count(result => result.Transport == "Token");
}
