using StepCaRenew.Integration.Cas;
using StepCaRenew.Renewal;

namespace StepCaRenew.Integration.Engine;

/// <summary>Errors that can be found in advance are found before the CA is asked, and cost no certificate.</summary>
public sealed class NotAskedTests : EngineTest
{
    // A CA that no other class asks, so that its requests can be counted.
    private static readonly TestCaOptions Own = new() { MaxDuration = TimeSpan.FromHours(721) };

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task KeyOfAnother_IsAMismatch(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var (one, other) = (await IssueAsync(ca), await IssueAsync(ca));
        var (_, error) = await NotAskedAsync(ErrorId.KeyMismatch, ca, Request(ca, one) with { KeyPath = other.KeyPath });
        Assert.Contains(one.CertificatePath, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.KeyPath, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task KeyThatWasJustReplaced_IsWaitedFor_ThenAMismatch(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var (one, other) = (await IssueAsync(ca), await IssueAsync(ca));
        File.Copy(other.KeyPath, one.KeyPath, overwrite: true);
        File.SetLastWriteTimeUtc(one.KeyPath, DateTime.UtcNow);
        Clock = new TestClock(speed: 5);
        await NotAskedAsync(ErrorId.KeyMismatch, ca, Request(ca, one));
        Assert.InRange(Log.Count(Event.DeploymentAwaited), 2, 25);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task DeploymentUnderWay_IsWaitedFor_AndThenRenewed(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var (one, other) = (await IssueAsync(ca), await IssueAsync(ca));
        File.Copy(other.KeyPath, one.KeyPath, overwrite: true);
        File.SetLastWriteTimeUtc(one.KeyPath, DateTime.UtcNow);
        Log.OnEvent = id =>
        {
            if (id == Event.DeploymentAwaited)
                File.Copy(other.CertificatePath, one.CertificatePath, overwrite: true);
        };
        var result = await RenewedAsync(Request(ca, one));
        Assert.Equal(other.Leaf.SerialNumber, result.OldSerialNumber);
        Assert.Equal(1, Log.Count(Event.DeploymentAwaited));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task LeafAlone_IsNotEnoughForAToken(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await IssueAsync(ca);
        File.WriteAllText(pair.CertificatePath, pair.Leaf.ExportCertificatePem());
        await NotAskedAsync(ErrorId.ChainMissing, ca, ByToken(Request(ca, pair)));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task ExpiredLeafInDer_IsNotEnoughForAToken(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await ExpiredAsync(ca);
        File.WriteAllBytes(pair.CertificatePath, pair.Leaf.RawData);
        await NotAskedAsync(ErrorId.ChainMissing, ca, Request(ca, pair));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task NoClientAuth_IsNamed(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await IssueAsync(ca, "noeku");
        await NotAskedAsync(ErrorId.NoClientAuth, ca, Request(ca, pair));
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task FolderThatCannotBeWritten_IsNamed(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await PublicPairAsync(ca, folderMode: 0b111_101_101);
        var (_, error) = await NotAskedAsync(ErrorId.FolderNotWritable, ca, Request(ca, pair), asAnother: true);
        Assert.Contains(Folder, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task OwnerThatCantBeKept_IsNamed(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await PublicPairAsync(ca, folderMode: 0b111_111_111);
        await NotAskedAsync(ErrorId.PermissionsNotKept, ca, Request(ca, pair), asAnother: true);
    }

    [Theory]
    [InlineData("certificate", ErrorId.FileNotFound)]
    [InlineData("key", ErrorId.KeyNotFound)]
    [InlineData("root", ErrorId.RootMissing)]
    [InlineData("empty root", ErrorId.FileEmpty)]
    [InlineData("root of words", ErrorId.RootInvalid)]
    [InlineData("fingerprint", ErrorId.RootFingerprintMismatch)]
    [InlineData("url", ErrorId.CaUrlMissing)]
    [InlineData("http", ErrorId.CaUrlInvalid)]
    public async Task MissingPart_IsNamed(string what, string errorId)
    {
        var ca = await CaAsync(CaKind.StepCa, Own);
        var pair = await IssueAsync(ca);
        var root = Path.Combine(Folder, "root.crt");
        File.WriteAllText(root, what == "empty root" ? "" : "words");
        var request = Request(ca, pair);
        if (what == "key")
            File.Delete(pair.KeyPath);
        if (what == "fingerprint")
            Variables["STEP_FINGERPRINT"] = new string('a', 64);
        await NotAskedAsync(errorId, ca, what switch
        {
            "certificate" => request with { CertificatePath = Path.Combine(Folder, "nothing.crt") },
            "key" => request with { KeyPath = null },
            "root" => request with { Ca = request.Ca with { RootPath = Path.Combine(Folder, "nothing") } },
            "empty root" or "root of words" => request with { Ca = request.Ca with { RootPath = root } },
            "url" => request with { Ca = new() { StepPath = Folder } },
            "http" => request with { Ca = request.Ca with { CaUrl = $"http://127.0.0.1:{ca.Url.Port}" } },
            _ => request,
        });
    }

    /// <summary>On Windows another process, or a missing permission, prevents a replacement; the staged files are not even created.</summary>
    [Theory]
    [MemberData(nameof(TestCas.All), MemberType = typeof(TestCas))]
    public async Task FileThatCannotBeReplaced_IsFoundBefore(CaKind kind)
    {
        var ca = await CaAsync(kind, Own);
        var pair = await IssueAsync(ca);
        Volumes = _ => new HeldVolume(pair.KeyPath);
        var (_, error) = await NotAskedAsync(ErrorId.FolderNotWritable, ca, Request(ca, pair) with { Rekey = true });
        Assert.Contains(pair.KeyPath, error.Message, StringComparison.Ordinal);
        await RenewedAsync(Request(ca, pair));
    }

    /// <summary>Root's files that anyone may read.</summary>
    private async Task<IssuedPair> PublicPairAsync(ITestCa ca, int folderMode)
    {
        if (!Unprivileged.IsRoot && Environment.GetEnvironmentVariable("STEPCARENEW_STRICT") == "1" && OperatingSystem.IsLinux())
            Assert.Fail("Only root can become another user, so this can't be tested.");
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can become another user.");
        var pair = await IssueAsync(ca);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, (UnixFileMode)folderMode);
            File.SetUnixFileMode(pair.CertificatePath, (UnixFileMode)0b110_100_100);
            File.SetUnixFileMode(pair.KeyPath, (UnixFileMode)0b110_100_100);
        }

        return pair;
    }

    private async Task<(RenewalResult Result, RenewalException Error)> NotAskedAsync(string errorId, ITestCa ca, RenewalRequest request, bool asAnother = false)
    {
        var before = ca.RequestCount("/renew");
        var failure = asAnother ? Unprivileged.Run(() => FailsAsync(errorId, request)) : await FailsAsync(errorId, request);
        Assert.Equal(0, failure.Result.Attempts);
        Assert.Equal(0, Log.Count(Event.AskingCa));
        Assert.Equal(before, ca.RequestCount("/renew"));
        return failure;
    }
}
