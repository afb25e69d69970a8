using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>A link to a folder that is put to another one during a run, as some deploy (certbot, Kubernetes).</summary>
public sealed class MovedLinkTests : FaultTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhileARunWaitsForTheLock_IsFollowedAgain(bool toACopy)
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
    public async Task WhileTheCaIsAsked_IsFollowedAgain()
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

    [Theory]
    [InlineData(1, Event.AskingCa)]
    [InlineData(2, Event.AskingCa)]
    [InlineData(1, Event.AnswerVerified)]
    [InlineData(2, Event.AnswerVerified)]
    public async Task AsOftenAsThereAreAttempts_IsFollowedEachTime(int moves, int when)
    {
        var request = await LinkedAsync(folders: 4);
        MoveOnAt(when, moves);
        var result = await RekeyedAsync(request);
        Assert.Equal(moves + 1, result.Attempts);
        Assert.Equal(moves, Log.Count(Event.ChangedDuringRenewal));
        // The last folder in use was renewed, and no other one.
        Assert.Equal([$"v{moves + 1}"], Changed());
    }

    [Theory]
    [InlineData(Event.AskingCa)]
    [InlineData(Event.AnswerVerified)]
    public async Task InEveryAttempt_IsReported_AndNothingIsChanged(int when)
    {
        var request = await LinkedAsync(folders: 4);
        MoveOnAt(when, 3);
        var (result, error) = await RunAsync(request with { Rekey = true });
        Assert.Equal(ErrorId.ChangedDuringRenewal, error?.ErrorId);
        Assert.Equal(3, result.Attempts);
        Assert.Equal(3, Log.Count(Event.ChangedDuringRenewal));
        Assert.Contains(" 3 times ", error!.Message, StringComparison.Ordinal);
        Assert.Empty(Changed());
    }

    // The pair that it led to has been renewed by then; the one that it leads to now is the one that is meant.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhileTheFilesAreExchanged_IsFollowedAgain(bool rekey)
    {
        var request = await LinkedAsync(folders: 3);
        var hasMoved = false;
        var volume = new InterruptedVolume(_ =>
        {
            if (!hasMoved)
                MoveTo("v2");
            hasMoved = true;
        });
        using var engine = new RenewalEngine(TimeProvider.System, () => 0.5, _ => null, Log, _ => volume);
        var (result, error) = await engine.RenewAsync(request with { Rekey = rekey }, CancellationToken.None);
        Assert.Null(error);
        AssertResult.Is(result, RenewalStatus.Renewed, attempts: 2);
        Assert.Equal(["v1", "v2"], Changed());
        using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, request.KeyPassword);
        Assert.True(pair.Matches);
        Assert.Equal(pair.Leaf.SerialNumber, result.SerialNumber);
    }

    [Fact]
    public async Task AFolderThatIsRemovedAfterTheMove_IsFollowedAgain()
    {
        var request = await LinkedAsync(folders: 2);
        Log.OnEvent = id =>
        {
            if (id == Event.AskingCa && Directory.Exists(Path.Combine(Folder, "v1")))
            {
                MoveTo("v2");
                Directory.Delete(Path.Combine(Folder, "v1"), recursive: true);
            }
        };
        Assert.Equal(2, (await RekeyedAsync(request)).Attempts);
    }

    private readonly Dictionary<string, byte[]> issued = [];

    // Folders v1, v2 and so on, each with a pair of its own.
    private async Task<RenewalRequest> LinkedAsync(int folders)
    {
        Tool.RequireLinux();
        var ca = await CaAsync(CaKind.DevCa);
        IssuedPair? pair = null;
        for (var i = 1; i <= folders; i++)
        {
            pair = await IssueIntoAsync(ca, Path.Combine(Folder, $"v{i}"));
            File.Move(pair.CertificatePath, Path.Combine(Folder, $"v{i}", "web.crt"));
            File.Move(pair.KeyPath, Path.Combine(Folder, $"v{i}", "web.key"));
            issued[$"v{i}"] = File.ReadAllBytes(Path.Combine(Folder, $"v{i}", "web.crt"));
        }

        MoveTo("v1");
        return Request(ca, pair!) with { CertificatePath = Path.Combine(Link, "web.crt"), KeyPath = Path.Combine(Link, "web.key") };
    }

    private void MoveOnAt(int when, int times)
    {
        var at = 1;
        Log.OnEvent = id =>
        {
            if (id == when && at <= times)
                MoveTo($"v{++at}");
        };
    }

    private void MoveTo(string folder) => Tool.Run("ln", "-sfn", folder, Link);

    private IEnumerable<string> Changed() => issued.Where(one => !File.ReadAllBytes(Path.Combine(Folder, one.Key, "web.crt")).AsSpan().SequenceEqual(one.Value)).Select(one => one.Key);

    private async Task<(RenewalRequest Request, IssuedPair One)> LinkedAsync(bool toACopy)
    {
        Tool.RequireLinux();
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
        MoveTo("v2");
        return true;
    }

    private string Link => Path.Combine(Folder, "cur");
}
