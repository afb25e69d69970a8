using System.Globalization;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Certificates;
using StepCaRenew.Certificates.Keys;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Unit.Fixtures;

namespace StepCaRenew.Unit.Renewal;

/// <summary>Decisions of the engine without any CA.</summary>
public sealed class RenewalEngineTests
{
    [Fact]
    public async Task RenewAsync_NotDue_TellsWhenAndTouchesNothing()
    {
        using var run = new EngineRun(hours: 6);
        var before = run.Content();
        var (result, error) = await run.RenewAsync();
        Assert.Null(error);
        AssertResult.Is(result, RenewalStatus.NotDue, changed: false, attempts: 0);
        Assert.Equal(("host", run.CertificatePath, run.KeyPath), (result.Name, result.CertificatePath, result.KeyPath));
        Assert.Equal((run.Pair.Leaf.SerialNumber, run.Pair.Leaf.SerialNumber), (result.OldSerialNumber, result.SerialNumber));
        Assert.InRange(result.NextRenewal!.Value.ToUniversalTime(), EngineRun.NotBefore.AddHours(13).UtcDateTime, EngineRun.NotBefore.AddHours(16).UtcDateTime);
        Assert.Equal(before, run.Content());
    }

    [Fact]
    public async Task RenewAsync_KeyMismatchOfOldFiles_IsToldAtOnce()
    {
        using var run = new EngineRun(hours: 20);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromSeconds(6));
        var result = await run.FailAsync(ErrorId.KeyMismatch);
        Assert.Empty(run.Clock.Waits);
        Assert.Equal(0, result.Attempts);
        Assert.Contains(PublicKeyId.Compute(run.Pair.Leaf), result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenewAsync_KeyMismatch_IsToldEvenIfNotDue()
    {
        using var run = new EngineRun(hours: 1);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromMinutes(1));
        await run.FailAsync(ErrorId.KeyMismatch);
    }

    [Fact]
    public async Task RenewAsync_KeyMismatchOfYoungFiles_IsWaitedForTwoSeconds()
    {
        using var run = new EngineRun(hours: 20);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromSeconds(1));
        await run.FailAsync(ErrorId.KeyMismatch);
        Assert.Equal(2, run.Clock.Waits.Sum(wait => wait.TotalSeconds), 0.001);
    }

    [Fact]
    public async Task RenewAsync_OneYoungFile_IsEnoughToWait()
    {
        using var run = new EngineRun(hours: 20);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(run.KeyPath, run.Clock.GetUtcNow().UtcDateTime);
        await run.FailAsync(ErrorId.KeyMismatch);
        Assert.NotEmpty(run.Clock.Waits);
    }

    [Fact]
    public async Task RenewAsync_FilesGrowOldWhileWaitedFor_EndsThen()
    {
        using var run = new EngineRun(hours: 20);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromSeconds(4));
        await run.FailAsync(ErrorId.KeyMismatch);
        Assert.Equal(1, run.Clock.Waits.Sum(wait => wait.TotalSeconds), 0.001);
    }

    [Fact]
    public async Task RenewAsync_FilesFromTheFuture_AreNotYoung()
    {
        using var run = new EngineRun(hours: 20);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromHours(-1));
        await run.FailAsync(ErrorId.KeyMismatch);
        Assert.Empty(run.Clock.Waits);
    }

    [Fact]
    public async Task RenewAsync_DeploymentFinishesWhileWaitedFor_Continues()
    {
        using var run = new EngineRun(hours: 6);
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromSeconds(1));
        run.Clock.OnWait = () =>
        {
            if (run.Clock.Waits.Count == 3)
                File.WriteAllText(run.KeyPath, run.Pair.KeyPem);
        };
        var (result, _) = await run.RenewAsync();
        Assert.Equal(RenewalStatus.NotDue, result.Status);
        Assert.Equal(3, run.Clock.Waits.Count);
    }

    [Fact]
    public async Task RenewAsync_CancelledWhileWaitingForADeployment_Ends()
    {
        using var run = new EngineRun(hours: 6);
        using var cancel = new CancellationTokenSource();
        WriteOtherKey(run);
        run.SetAge(TimeSpan.FromSeconds(1));
        run.Clock.OnWait = cancel.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RenewAsync(cancel.Token));
    }

    [Fact]
    public async Task RenewAsync_NotApproved_WouldRenew()
    {
        using var run = new EngineRun(hours: 20);
        var plans = new List<RenewalPlan>();
        run.Request = run.Request with { ApproveAsync = (plan, _) => Answer(plans, plan, false) };
        var before = run.Content();
        var (result, error) = await run.RenewAsync();
        AssertResult.Is(result, RenewalStatus.WouldRenew, changed: false, attempts: 0);
        Assert.Null(error);
        Assert.Equal(run.CertificatePath, plans.Single().CertificatePath);
        Assert.Contains("CN=host.example.com", plans.Single().Action, StringComparison.Ordinal);
        Assert.Equal(before, run.Content());
    }

    [Fact]
    public async Task RenewAsync_NotDue_AsksNobody()
    {
        using var run = new EngineRun(hours: 6);
        var plans = new List<RenewalPlan>();
        run.Request = run.Request with { ApproveAsync = (plan, _) => Answer(plans, plan, true) };
        await run.RenewAsync();
        Assert.Empty(plans);
    }

    [Fact]
    public async Task RenewAsync_Forced_IsDueAtOnce()
    {
        using var run = new EngineRun(hours: 1);
        run.Request = run.Request with { Rule = RenewalRule.Force };
        await run.FailAsync(ErrorId.CaUrlMissing);
    }

    [Theory]
    [InlineData(25, ErrorId.ExpiresInTooLong)]
    [InlineData(24, ErrorId.CaUrlMissing)]
    [InlineData(8, ErrorId.CaUrlMissing)]
    public async Task RenewAsync_ExpiresIn_IsHeldAgainstTheLifetime(int hours, string errorId)
    {
        using var run = new EngineRun(hours: 20);
        run.Request = run.Request with { Rule = new RenewalRule.ExpiresIn(TimeSpan.FromHours(hours)) };
        await run.FailAsync(errorId);
    }

    [Fact]
    public async Task RenewAsync_NoClientAuth_IsFoundBeforeTheCaIsEvenLookedUp()
    {
        using var run = new EngineRun(hours: 20, new LeafSpec { Usages = [LeafSpec.ServerAuth] });
        var result = await run.FailAsync(ErrorId.NoClientAuth);
        Assert.Equal(0, result.Attempts);
        Assert.Contains("serverAuth", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RenewAsync_RootMissing_DoesNotAskTheCa()
    {
        using var run = new EngineRun(hours: 20);
        run.Environment["STEP_CA_URL"] = "https://ca.invalid";
        Assert.Equal(0, (await run.FailAsync(ErrorId.RootMissing)).Attempts);
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(30, false)]
    public async Task RenewAsync_TokenWithoutIntermediate_IsFoundBeforeTheCaIsAsked(int hours, bool useToken)
    {
        using var run = new EngineRun(hours);
        File.WriteAllText(run.CertificatePath, run.Pair.CertificatePem);
        File.WriteAllText(Path.Combine(run.Folder, "root.crt"), TestAuthority.Default.Root.ExportCertificatePem());
        (run.Environment["STEP_CA_URL"], run.Environment["STEP_ROOT"]) = ("https://ca.invalid", Path.Combine(run.Folder, "root.crt"));
        run.Request = run.Request with { Ca = run.Request.Ca with { Transport = useToken ? Transport.Token : Transport.Tls } };
        Assert.Equal(0, (await run.FailAsync(ErrorId.ChainMissing)).Attempts);
    }

    [Fact]
    public async Task RenewAsync_MissingFile_IsAResultThatNamesIt()
    {
        using var run = new EngineRun(hours: 20);
        run.Request = run.Request with { CertificatePath = Path.Combine(run.Folder, "none.crt") };
        Assert.Equal("none", (await run.FailAsync(ErrorId.FileNotFound)).Name);
    }

    [Fact]
    public async Task RenewAsync_MissingFile_IsNotWaitedFor()
    {
        using var run = new EngineRun(hours: 20);
        run.SetAge(TimeSpan.FromSeconds(1));
        run.Request = run.Request with { CertificatePath = Path.Combine(run.Folder, "none.crt") };
        await run.FailAsync(ErrorId.FileNotFound);
        Assert.Empty(run.Clock.Waits);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(6, 0)]
    public async Task RenewAsync_EmptyKeyThatIsNotNamed_IsWaitedForWhileItIsYoung(int secondsOld, int secondsWaited)
    {
        using var run = new EngineRun(hours: 20);
        run.SetAge(TimeSpan.FromHours(1));
        File.WriteAllText(run.KeyPath, "");
        File.SetLastWriteTimeUtc(run.KeyPath, (run.Clock.GetUtcNow() - TimeSpan.FromSeconds(secondsOld)).UtcDateTime);
        await run.FailAsync(ErrorId.FileEmpty);
        Assert.Equal(secondsWaited, run.Clock.Waits.Sum(wait => wait.TotalSeconds), 0.001);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(6, 0)]
    public async Task RenewAsync_CertificateWithoutAKey_IsWaitedForWhileItIsYoung(int secondsOld, int secondsWaited)
    {
        // cat certificate key > one.pem: the key comes second.
        using var run = new EngineRun(hours: 20);
        File.Delete(run.KeyPath);
        File.SetLastWriteTimeUtc(run.CertificatePath, (run.Clock.GetUtcNow() - TimeSpan.FromSeconds(secondsOld)).UtcDateTime);
        await run.FailAsync(ErrorId.KeyNotFound);
        Assert.Equal(secondsWaited, run.Clock.Waits.Sum(wait => wait.TotalSeconds), 0.001);
    }

    [Fact]
    public async Task RenewAsync_ApprovalThatThrows_IsUnexpectedAndNoCrash()
    {
        using var run = new EngineRun(hours: 20);
        run.Request = run.Request with { ApproveAsync = (_, _) => throw new InvalidOperationException("host is gone") };
        await run.FailAsync(ErrorId.Unexpected);
    }

    [Fact]
    public async Task RenewAsync_CancelledBefore_EndsWithoutTrace()
    {
        using var run = new EngineRun(hours: 20);
        run.Environment["STEP_CA_URL"] = "https://ca.invalid";
        var before = run.Content();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            File.WriteAllText(Path.Combine(run.Folder, "root.crt"), TestAuthority.Default.Root.ExportCertificatePem());
            run.Environment["STEP_ROOT"] = Path.Combine(run.Folder, "root.crt");
            await run.RenewAsync(new CancellationToken(canceled: true));
        });
        Assert.Equal(before, run.Content().Where(file => file.Name != "root.crt"));
    }

    [Fact]
    public async Task RenewAsync_CancelledDuringApproval_EndsWithoutTrace()
    {
        using var run = new EngineRun(hours: 20);
        using var cancel = new CancellationTokenSource();
        run.Request = run.Request with
        {
            ApproveAsync = async (_, token) =>
            {
                await cancel.CancelAsync();
                token.ThrowIfCancellationRequested();
                return true;
            },
        };
        var before = run.Content();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RenewAsync(cancel.Token));
        Assert.Equal(before, run.Content());
    }

    [Fact]
    public async Task RenewAsync_OtherCulture_WritesTheSameMessage()
    {
        using var run = new EngineRun(hours: 6);
        var expected = (await run.RenewAsync()).Result.Message;
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = ForeignCulture.Instance;
            Assert.Equal(expected, (await run.RenewAsync()).Result.Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task RenewAsync_WrongPassword_IsNowhereInTheResult()
    {
        const string secret = "Tr0ub4dor&3";
        using var run = new EngineRun(hours: 20);
        using var password = new KeyPassword(secret);
        run.Request = run.Request with { KeyPath = TestKeys.Path("p256-pbes2-aes256.pem"), KeyPassword = password };
        var (result, error) = await run.RenewAsync();
        Assert.Equal(ErrorId.KeyPasswordWrong, result.ErrorId);
        Expect.NoSecret(secret, error!);
        Assert.DoesNotContain(secret, result.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, run.Request.ToString(), StringComparison.Ordinal);
    }

    private static void WriteOtherKey(EngineRun run) => File.WriteAllText(run.KeyPath, TestKeys.Text("p256.pem"));

    private static Task<bool> Answer(List<RenewalPlan> plans, RenewalPlan plan, bool answer)
    {
        plans.Add(plan);
        return Task.FromResult(answer);
    }
}
