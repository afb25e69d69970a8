using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;

namespace StepCaRenew.Integration.Faults;

/// <summary>A link to a folder that is put to another one during a run, as some deploy (certbot, Kubernetes).</summary>
public sealed class MovedLinkTests : FaultTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhileARunWaitsForTheLock_IsFollowedAnew(bool toACopy)
    {
        var (request, one) = await LinkedAsync(toACopy);
        await using var holder = Child.Start("lock", one.CertificatePath);
        Assert.Equal("held", await holder.ReadLineAsync());
        var waits = new TaskCompletionSource();
        Log.OnEvent = id =>
        {
            if (id == Event.LockAwaited)
                waits.TrySetResult();
        };
        var run = RekeyedAsync(request);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(30));
        MoveOn();
        await holder.KillAsync();
        // That what the link leads to now holds the reported serial number.
        await run;
    }

    [Fact]
    public async Task WhileTheCaIsAsked_IsFollowedAnew()
    {
        var (request, one) = await LinkedAsync(toACopy: false);
        var (before, hasMoved) = (File.ReadAllBytes(one.CertificatePath), false);
        Log.OnEvent = id =>
        {
            if (id == Event.AskingCa && !hasMoved)
                (hasMoved, _) = (true, MoveOn());
        };
        var result = await RekeyedAsync(request);
        Assert.Equal(2, result.Attempts);
        Assert.Equal(before, File.ReadAllBytes(one.CertificatePath));
    }

    private async Task<(RenewalRequest Request, IssuedPair One)> LinkedAsync(bool toACopy)
    {
        Tool.DemandLinux();
        var ca = await CaAsync(CaKind.DevCa);
        var (v1, v2) = (Path.Combine(Folder, "v1"), Path.Combine(Folder, "v2"));
        var one = await IssueIntoAsync(ca, v1);
        if (toACopy)
        {
            Tool.Run("cp", "-a", v1, v2);
        }
        else
        {
            var two = await IssueIntoAsync(ca, v2);
            File.Move(two.CertificatePath, Path.Combine(v2, Path.GetFileName(one.CertificatePath)));
            File.Move(two.KeyPath, Path.Combine(v2, Path.GetFileName(one.KeyPath)));
        }

        Directory.CreateSymbolicLink(Link, "v1");
        return (Request(ca, one) with { CertificatePath = Path.Combine(Link, Path.GetFileName(one.CertificatePath)), KeyPath = Path.Combine(Link, Path.GetFileName(one.KeyPath)) }, one);
    }

    private bool MoveOn()
    {
        Tool.Run("ln", "-sfn", "v2", Link);
        return true;
    }

    private string Link => Path.Combine(Folder, "cur");
}
