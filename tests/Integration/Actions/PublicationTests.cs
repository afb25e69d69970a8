using System.Security.Cryptography.X509Certificates;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Publications;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Crash;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Actions;

/// <summary>Other forms of a pair are written after each renewal, before the actions, whatever comes between.</summary>
public sealed class PublicationTests : IAsyncLifetime
{
    private readonly TestFolder folder = new();
    private ITestCa ca = null!;
    private string certificate = null!;
    private string key = null!;
    private string trace = null!;

    private string Out => folder.At("out");

    private PemPublication Bundle => new(PemForm.Bundle, Path.Combine(Out, "web.pem"));

    private string[] Trace => File.Exists(trace) ? File.ReadAllLines(trace) : [];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        ca = await TestCas.GetAsync(CaKind.DevCa);
        await IssueAsync();
        Directory.CreateDirectory(Out);
        trace = folder.At("trace");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task Renewal_WritesEveryForm_BeforeTheActions(CaKind kind)
    {
        ca = await TestCas.GetAsync(kind);
        await IssueAsync();
        var password = folder.Write("password", "pfx password");
        Publication[] all =
        [
            Pfx(password), Bundle, new PemPublication(PemForm.Chain, Path.Combine(Out, "chain.pem")), new PemPublication(PemForm.Leaf, Path.Combine(Out, "leaf.pem")),
            new PemPublication(PemForm.Root, Path.Combine(Out, "root.pem")), new PemPublication(PemForm.Key, Path.Combine(Out, "key.pem")) { Format = KeyFormat.Sec1 },
        ];
        using var run = new ActionRun(ca.StepPath, new CommandAction("sh", ["-c", $"openssl x509 -noout -serial -in {Bundle.Path} >> {trace}"])) { Publications = all };
        var result = await run.RunAsync(certificate, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.Equal(all.Select(one => one.Path), result.Published);
        Assert.EndsWith($"Published to {string.Join(", ", all.Select(one => $"'{one.Path}'"))}.", result.Message, StringComparison.Ordinal);
        // The action found the new certificate in the bundle.
        Assert.Equal(result.SerialNumber!.TrimStart('0'), Assert.Single(Trace).Replace("serial=", string.Empty, StringComparison.Ordinal).TrimStart('0'));

        using var pair = CertificatePair.Load(certificate, key, null);
        Assert.Equal(result.SerialNumber, pair.Leaf.SerialNumber);
        using var bundle = CertificatePair.Load(Bundle.Path, Bundle.Path, null);
        Assert.True(bundle.Matches);
        Assert.Equal(pair.Leaf, bundle.Leaf);
        Assert.Equal(File.ReadAllText(certificate) + File.ReadAllText(key), File.ReadAllText(Bundle.Path));
        Assert.Equal(File.ReadAllText(certificate), File.ReadAllText(Path.Combine(Out, "leaf.pem")) + File.ReadAllText(Path.Combine(Out, "chain.pem")));
        Tool.Run("openssl", "verify", "-CAfile", Path.Combine(Out, "root.pem"), "-untrusted", Path.Combine(Out, "chain.pem"), Path.Combine(Out, "leaf.pem"));
        Assert.StartsWith("-----BEGIN EC PRIVATE KEY-----", File.ReadAllText(Path.Combine(Out, "key.pem")), StringComparison.Ordinal);
        // Certificates and key in a file of another program, with the password alone.
        Assert.Equal(
            Tool.Run("openssl", "pkey", "-in", key, "-pubout"),
            Tool.Run("sh", "-c", $"openssl pkcs12 -in {all[0].Path} -passin file:{password} -nocerts -nodes | openssl pkey -pubout"));
        Assert.Contains(Convert.ToBase64String(pair.Leaf.RawData)[..60], Tool.Run("openssl", "pkcs12", "-in", all[0].Path, "-passin", $"file:{password}", "-nokeys").ReplaceLineEndings(string.Empty), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder, "*pending*"));
        Assert.Equal(6, Directory.GetFiles(Out).Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NotDue_CurrentForms_AreNotTouched(bool isPfx)
    {
        var form = isPfx ? (Publication)Pfx(folder.Write("password", "pfx password")) : Bundle;
        await Run(form).RunAsync(certificate, isForced: true);
        var before = FolderSnapshot.Take(folder);
        var result = await Run(form).RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, changed: false, actionsPending: false, errorId: null);
        Assert.Empty(result.Published);
        before.AssertUntouched();
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("older")]
    [InlineData("damaged")]
    public async Task NotDue_FormThatIsNotCurrent_IsWrittenWithoutARenewal_AndItsActionsRun(string state)
    {
        var old = await Run(Bundle, ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        var older = File.ReadAllText(Bundle.Path);
        var present = await Run(Bundle, ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        if (state == "missing")
            File.Delete(Bundle.Path);
        else
            File.WriteAllText(Bundle.Path, state == "older" ? older : older[..200]);
        var result = await Run(Bundle, ActionRun.Append(trace)).RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, changed: true, actionsPending: false, errorId: null);
        Assert.Equal(Bundle.Path, Assert.Single(result.Published));
        Assert.Equal(0, result.Attempts);
        Assert.Equal(present.SerialNumber, SerialOf(Bundle.Path));
        Assert.Equal([$"ran {old.SerialNumber}", $"ran {present.SerialNumber}", $"ran {present.SerialNumber}"], Trace);
        Assert.Empty(Directory.GetFiles(folder, "*pending*"));
    }

    // Its readers loaded the form before somebody changed it.
    [Fact]
    public async Task NotDue_FormThatIsNotCurrent_OpensTheActionsThatAreDone()
    {
        var gate = folder.At("gate");
        ActionDefinition[] actions = [ActionRun.Append(trace), ActionRun.AppendIf(gate, folder.At("late"))];
        var renewed = await Run(Bundle, actions).RunAsync(certificate, isForced: true);
        AssertResult.Is(renewed, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.ActionFailed);
        await Run(Bundle, actions).RunAsync(certificate);
        Assert.Single(Trace);
        File.Delete(Bundle.Path);
        File.WriteAllText(gate, "open");
        AssertResult.Is(await Run(Bundle, actions).RunAsync(certificate), RenewalStatus.NotDue, changed: true, actionsPending: false, errorId: null);
        Assert.Equal(2, Trace.Length);
    }

    [Fact]
    public async Task NotDue_WithWhatIf_WritesNothing_AndSaysThatItIsPending()
    {
        var plans = new List<string>();
        var run = Run(Bundle);
        var outcome = await run.Engine.RenewAsync(run.Request(certificate) with
        {
            ApproveAsync = (plan, _) =>
            {
                plans.Add(plan.Action);
                return Task.FromResult(false);
            },
        }, default);
        await run.Engine.FollowUpAsync([outcome], run.Host, default);
        AssertResult.Is(outcome.Result, RenewalStatus.NotDue, changed: false, actionsPending: true);
        Assert.Equal([$"Publish the certificate without renewing it to '{Bundle.Path}'"], plans);
        Assert.Empty(Directory.GetFiles(Out));
    }

    [Fact]
    public async Task Failure_LeavesThePairRenewed_TheOldFormWhole_AndTheActionsPending_UntilTheNextRun()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can mount.");
        using var mount = Mount.Tmpfs(Out, "size=64k");
        await Run(Bundle, ActionRun.Append(trace)).RunAsync(certificate, isForced: true);
        var old = File.ReadAllText(Bundle.Path);
        mount.MakeReadOnly();
        var run = Run(Bundle, ActionRun.Append(trace));
        var (result, errors) = await FollowAsync(run, isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, changed: true, actionsPending: true, errorId: ErrorId.PublicationFailed);
        Assert.Equal(result.SerialNumber, SerialOf(certificate));
        Assert.Equal(old, File.ReadAllText(Bundle.Path));
        var error = Assert.Single(errors);
        Assert.Equal((ErrorId.PublicationFailed, true), (error.ErrorId, error.Message.StartsWith($"test.local was renewed, but its publication '{Bundle.Path}' failed: ", StringComparison.Ordinal)));
        Assert.Contains("The next run publishes it without renewing again", error.Remedy, StringComparison.Ordinal);
        Assert.Single(Trace);
        Assert.Single(Directory.GetFiles(folder, "*pending"));

        // It fails again, and nothing is renewed.
        (var again, errors) = await FollowAsync(Run(Bundle, ActionRun.Append(trace)));
        AssertResult.Is(again, RenewalStatus.NotDue, changed: false, actionsPending: true, errorId: ErrorId.PublicationFailed);
        Assert.Single(errors);

        mount.MakeWritable();
        (again, errors) = await FollowAsync(Run(Bundle, ActionRun.Append(trace)));
        AssertResult.Is(again, RenewalStatus.NotDue, changed: true, actionsPending: false, errorId: null);
        Assert.Empty(errors);
        Assert.Equal(result.SerialNumber, SerialOf(Bundle.Path));
        Assert.Equal($"ran {result.SerialNumber}", Trace[^1]);
        Assert.Empty(Directory.GetFiles(folder, "*pending*"));
    }

    [Fact]
    public async Task FullDisk_LeavesTheOldFormWhole_AndNothingStaged()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root can mount.");
        using var mount = Mount.Tmpfs(Out, "size=16k");
        await Run(Bundle).RunAsync(certificate, isForced: true);
        var old = File.ReadAllText(Bundle.Path);
        File.WriteAllBytes(Path.Combine(Out, "filler"), new byte[12 * 1024]);
        var (result, errors) = await FollowAsync(Run(Bundle), isForced: true);
        AssertResult.Is(result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.PublicationFailed);
        Assert.Contains("no space is left", Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.Equal(old, File.ReadAllText(Bundle.Path));
        Assert.Equal(["filler", "web.pem"], Directory.GetFiles(Out).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    // The pair is renewed, and the old PFX file stays as it is, until the password is there again.
    [Fact]
    public async Task MissingPasswordFile_LeavesThePfxFilePending()
    {
        var password = folder.Write("password", "pfx password");
        await Run(Pfx(password)).RunAsync(certificate, isForced: true);
        var old = File.ReadAllBytes(Pfx(password).Path);
        File.Delete(password);
        var run = Run(Pfx(password));
        var outcome = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { IsScheduled = true }, default);
        var error = Assert.Single(await run.Engine.FollowUpAsync([outcome], run.Host, default));
        run.Dispose();
        AssertResult.Is(outcome.Result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.PublicationFailed);
        Assert.Contains(password, error.Message, StringComparison.Ordinal);
        Assert.Equal(old, File.ReadAllBytes(Pfx(password).Path));
        folder.Write("password", "a new one");
        AssertResult.Is(await Run(Pfx(password)).RunAsync(certificate), RenewalStatus.NotDue, changed: true, actionsPending: false, errorId: null);
        Tool.Run("openssl", "pkcs12", "-in", Pfx(password).Path, "-passin", "pass:a new one", "-noout");
    }

    // Another pair of the call, which shares the action, is served.
    [Fact]
    public async Task Failure_OfOnePair_DoesNotStopTheOther()
    {
        var other = (await ca.IssueAsync(new IssueOptions { Folder = folder, Name = "other.local" })).CertificatePath;
        using var run = Run(Bundle, ActionRun.Append(trace));
        var broken = run.Request(certificate, isForced: true) with { Publications = [new PemPublication(PemForm.Bundle, "/dev/full")], IsScheduled = true };
        var outcomes = new[] { await run.Engine.RenewAsync(broken, default), await run.Engine.RenewAsync(run.Request(other, isForced: true), default) };
        var errors = await run.Engine.FollowUpAsync(outcomes, run.Host, default);
        Assert.Equal(ErrorId.PublicationFailed, Assert.Single(errors).ErrorId);
        AssertResult.Is(outcomes[0].Result, RenewalStatus.Renewed, actionsPending: true, errorId: ErrorId.PublicationFailed);
        AssertResult.Is(outcomes[1].Result, RenewalStatus.Renewed, actionsPending: false, errorId: null);
        Assert.Equal([$"ran {outcomes[1].Result.SerialNumber}"], Trace);
    }

    [Fact]
    public async Task CallByHand_WithAPublicationThatCannotBe_FailsBeforeTheCaIsAsked_AndAScheduledRunRenews()
    {
        var bad = new PemPublication(PemForm.Key, Path.Combine(Out, "key.pem")) { Format = KeyFormat.Pkcs1 };
        using (var run = Run(bad))
        {
            var (result, error) = await run.RenewAsync(certificate, isForced: true);
            AssertResult.Is(result, RenewalStatus.Failed, changed: false, errorId: ErrorId.PublicationInvalid);
            Assert.Equal(0, result.Attempts);
            Assert.NotNull(error);
        }

        using (var run = Run(bad))
        {
            var outcome = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { IsScheduled = true }, default);
            await run.Engine.FollowUpAsync([outcome], run.Host, default);
            AssertResult.Is(outcome.Result, RenewalStatus.Renewed, changed: true, actionsPending: true, errorId: ErrorId.PublicationFailed);
        }
    }

    // A file with another form of the pair would keep the old key, but for its publication.
    [Fact]
    public async Task Rekey_WithAFormNextToThePair_RenewsBoth()
    {
        var leaf = new PemPublication(PemForm.Leaf, folder.At("leaf.pem"));
        await Run(leaf).RunAsync(certificate, isForced: true);
        using (var run = Run())
        {
            var (result, _) = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { Rekey = true }, default);
            AssertResult.Is(result, RenewalStatus.Failed, changed: false, errorId: ErrorId.KeyShared);
        }

        using (var run = Run(leaf))
        {
            var outcome = await run.Engine.RenewAsync(run.Request(certificate, isForced: true) with { Rekey = true }, default);
            await run.Engine.FollowUpAsync([outcome], run.Host, default);
            AssertResult.Is(outcome.Result, RenewalStatus.Renewed, errorId: null);
            Assert.Equal(SerialOf(certificate), SerialOf(leaf.Path));
        }
    }

    [Fact]
    public async Task CrashBeforeThePublication_TheNextRunPublishes()
    {
        await Run(Bundle).RunAsync(certificate, isForced: true);
        var old = File.ReadAllText(Bundle.Path);
        var renewed = await Run(Bundle).RenewAndDieAsync(certificate);
        Assert.Equal(old, File.ReadAllText(Bundle.Path));
        // Also a run without the publication reports it.
        Assert.True((await Run().RunAsync(certificate)).ActionsPending);
        var result = await Run(Bundle).RunAsync(certificate);
        AssertResult.Is(result, RenewalStatus.NotDue, changed: true, actionsPending: false);
        Assert.Equal(renewed.SerialNumber, SerialOf(Bundle.Path));
        AssertResult.Is(await Run().RunAsync(certificate), RenewalStatus.NotDue, changed: false, actionsPending: false);
    }

    /// <summary>The run is killed at every file-system call, from the first one of the renewal to the last one of the follow-ups.</summary>
    [Fact]
    public async Task KilledAnywhere_TheNextRunPublishes_AndTheFormIsNeverHalf()
    {
        await Run(Bundle).RunAsync(certificate, isForced: true);
        var (points, olds, news) = (0, 0, 0);
        for (var isOver = false; !isOver; points++)
        {
            var before = File.ReadAllText(Bundle.Path);
            using (var run = Run(new DyingVolume(points + 1), Bundle, ActionRun.Append(trace)))
                isOver = await TryAsync(run);
            var after = File.ReadAllText(Bundle.Path);
            _ = before == after ? olds++ : news++;
            using (var bundle = CertificatePair.Load(Bundle.Path, Bundle.Path, null))
                Assert.True(bundle.Matches, $"Killed at {points}");
            var result = await Run(Bundle, ActionRun.Append(trace)).RunAsync(certificate);
            AssertResult.Is(result, RenewalStatus.NotDue, actionsPending: false, errorId: null);
            Assert.Equal(File.ReadAllText(certificate) + File.ReadAllText(key), File.ReadAllText(Bundle.Path));
            Assert.Equal([Bundle.Path], Directory.GetFiles(Out));
            // Whenever the form is new, its readers were told.
            if (before != File.ReadAllText(Bundle.Path))
                Assert.Equal($"ran {result.SerialNumber}", Trace[^1]);
        }

        Assert.InRange(points, 20, 1000);
        Assert.True(olds > 5 && news > 2, $"{olds} times the old form, {news} times the new one");
    }

    private async Task<bool> TryAsync(ActionRun run)
    {
        try
        {
            var outcome = await run.RenewAsync(certificate, isForced: true);
            // The engine reports every failure as a result.
            var errors = await run.Engine.FollowUpAsync([outcome], run.Host, default);
            return outcome.Error is null && errors.Count == 0;
        }
        catch (DyingVolume.CrashException)
        {
            return false;
        }
    }

    private async Task<(RenewalResult Result, IReadOnlyList<RenewalException> Errors)> FollowAsync(ActionRun run, bool isForced = false)
    {
        using (run)
        {
            var outcome = await run.RenewAsync(certificate, isForced);
            var errors = await run.Engine.FollowUpAsync([outcome], run.Host, default);
            return (outcome.Result, errors);
        }
    }

    private PfxPublication Pfx(string passwordFile) => new(Path.Combine(Out, "web.pfx")) { PasswordFile = passwordFile };

    private async Task IssueAsync()
    {
        var pair = await ca.IssueAsync(new IssueOptions { Folder = folder });
        (certificate, key) = (pair.CertificatePath, pair.KeyPath);
    }

    private static string SerialOf(string path)
    {
        using var found = X509Certificate2.CreateFromPem(File.ReadAllText(path));
        return found.SerialNumber;
    }

    private ActionRun Run() => new(ca.StepPath);

    private ActionRun Run(Publication publication, params ActionDefinition[] actions) => new(ca.StepPath, actions) { Publications = [publication] };

    private ActionRun Run(DyingVolume volume, Publication publication, params ActionDefinition[] actions) => new(ca.StepPath, actions) { Publications = [publication], Volume = volume };
}
