using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;

namespace StepCaRenew.Integration.Issuance;

public sealed class CancelledRequestTests
{
    // The user stops the cmdlet right before any call of the file system.
    [Fact]
    public async Task Cancelled_LeavesNothingAndTheTokenCanBeUsed_OrCompletesThePair()
    {
        var ca = await TestCas.GetAsync(CaKind.DevCa);
        var (points, cancelled, completed) = (0, 0, 0);
        for (var isCancelled = true; isCancelled;)
        {
            using var scene = new RequestScene(ca);
            using var stopping = new CancellationTokenSource();
            var volume = new RacingVolume(++points, stopping.Cancel);
            scene.Volumes = _ => volume;
            var request = scene.Request(await scene.TokenAsync());
            try
            {
                Assert.True(await scene.RunAsync(request, stopping.Token));
                completed++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
                Assert.Empty(scene.Contents());
                scene.Volumes = folders => new Volume(folders);
                Assert.True(await scene.RunAsync(request));
            }

            scene.AssertWhole().Dispose();
            isCancelled = stopping.IsCancellationRequested;
        }

        Assert.True(cancelled > 5 && completed > 5, $"{cancelled} were cancelled, {completed} completed.");
    }
}
