using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;
using StepCaRenew.Renewal;
using StepCaRenew.Stores;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Faults;

/// <summary>Two certificate files over one key, such as certbot's cert.pem and fullchain.pem: they are locked together, and the key stays.</summary>
public sealed class SharedKeyTests : FaultTest
{
    private const int LockAwaited = 102;

    [Theory]
    [InlineData("cert.pem", "fullchain.pem", "privkey.pem")]
    [InlineData("web.crt", "web.pem", "web.key")]
    // No convention leads from the other certificate to the key, but it is in the same folder and matches.
    [InlineData("web.crt", "chain-of-web.crt", "web.key")]
    public async Task Rekey_OtherCertificateNextToIt_IsRefused_BeforeTheCaIsAsked(string name, string other, string key)
    {
        var (ca, request) = await MakeAsync(name, key);
        var user = Copy(request.CertificatePath, other);
        await RefusedAsync(request, user);
        // The key by convention.
        await RefusedAsync(request with { KeyPath = null }, user);
        Assert.DoesNotContain(Event.AskingCa, Log.Ids);

        await RenewedAsync(request);
        await RenewedAsync(request with { CertificatePath = user });
        _ = ca;
    }

    [Fact]
    public async Task Rekey_OtherCertificateNextToTheKey_IsRefused()
    {
        var (_, request) = await MakeAsync("web.crt", "keys/web.key");
        await RefusedAsync(request, Copy(request.CertificatePath, "keys/alias.crt"));
    }

    [Fact]
    public async Task Rekey_OtherCertificateBehindALink_IsRefused()
    {
        var (_, request) = await MakeAsync("archive/cert1.pem", "archive/privkey1.pem");
        var live = Directory.CreateDirectory(Path.Combine(Folder, "live")).FullName;
        var other = Copy(request.CertificatePath, "archive/fullchain1.pem");
        foreach (var (link, target) in new[] { ("cert.pem", request.CertificatePath), ("fullchain.pem", other), ("privkey.pem", request.KeyPath!) })
            File.CreateSymbolicLink(Path.Combine(live, link), target);
        await RefusedAsync(request with { CertificatePath = Path.Combine(live, "cert.pem"), KeyPath = null }, Path.Combine(live, "fullchain.pem"));
    }

    [Fact]
    public async Task Rekey_OtherCertificateOfTheCallOrOfARegistration_IsRefused()
    {
        var (_, request) = await MakeAsync("web.crt", "web.key");
        var user = Copy(request.CertificatePath, "elsewhere/mail.crt");
        await RefusedAsync(request with { FindOthers = () => [new PairLocation(request.CertificatePath, null), new PairLocation(user, request.KeyPath)] }, user);
        await RekeyedAsync(request with { FindOthers = () => [new PairLocation(user, Copy(request.KeyPath!, "elsewhere/mail.key"))] });
    }

    /// <summary>None of these has this key file as its own.</summary>
    [Theory]
    [InlineData("a copy with a key of its own")]
    [InlineData("an expired copy")]
    [InlineData("another pair")]
    [InlineData("a link to the certificate itself")]
    [InlineData("a damaged file")]
    [InlineData("the roots")]
    public async Task Rekey_OtherFileThatDoesNotUseTheKey_IsDone(string what)
    {
        var (ca, request) = await MakeAsync("web.crt", "web.key", what == "an expired copy" ? TimeSpan.FromHours(23.999) : null);
        switch (what)
        {
            case "a copy with a key of its own":
                Copy(request.CertificatePath, "copy.crt");
                Copy(request.KeyPath!, "copy.key");
                break;
            case "an expired copy":
                Copy(request.CertificatePath, "web-old.crt");
                await RenewedAsync(request);
                await Task.Delay(TimeSpan.FromSeconds(5));
                break;
            case "another pair":
                await IssueAsync(ca);
                break;
            case "a link to the certificate itself":
                File.CreateSymbolicLink(Path.Combine(Folder, "link.crt"), request.CertificatePath);
                break;
            case "a damaged file":
                File.WriteAllText(Path.Combine(Folder, "damaged.crt"), File.ReadAllText(request.CertificatePath)[..100]);
                break;
            default:
                File.Copy(Path.Combine(ca.StepPath, "certs", "root_ca.crt"), Path.Combine(Folder, "root.crt"));
                break;
        }

        await RekeyedAsync(request);
    }

    [Fact]
    public async Task Renew_WhileTheOtherCertificateIsLocked_WaitsForTheKey_AndNamesIt()
    {
        var (_, request) = await MakeAsync("cert.pem", "privkey.pem");
        var other = Copy(request.CertificatePath, "fullchain.pem");
        using (var folders = new OpenFolders())
        using (await PairLock.AcquireAsync(folders, new PairPaths(other, request.KeyPath!), TimeSpan.Zero, TimeProvider.System, NullLogger.Instance, CancellationToken.None))
        {
            var error = await IntactAsync(ErrorId.Locked, request with { LockTimeout = TimeSpan.Zero });
            Assert.Contains(request.KeyPath!, error.Message, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId}", error.Message, StringComparison.Ordinal);
        }

        await RenewedAsync(request with { LockTimeout = TimeSpan.Zero });
        AssertNoKeyLock(request);
    }

    /// <summary>Neither waits for the other forever, and neither leaves the lock of the key.</summary>
    [Fact]
    public async Task Renew_BothSideBySide_ManyTimes_RenewsBoth()
    {
        var (_, request) = await MakeAsync("cert.pem", "privkey.pem");
        var other = request with { CertificatePath = Copy(request.CertificatePath, "fullchain.pem") };
        var runs = await Task.WhenAll(Enumerable.Range(0, 24).Select(number => Task.Run(() => RunAsync(number % 2 == 0 ? request : other))));
        Assert.All(runs, run => Assert.True(run.Error is null or { ErrorId: ErrorId.ChangedDuringRenewal }, $"{run.Error}"));
        Assert.All(new[] { request, other }, one => Assert.Contains(runs, run => run.Result.Changed && run.Result.CertificatePath == one.CertificatePath));
        AssertNoKeyLock(request);
    }

    /// <summary>Each file is the certificate of one run and the key of the other: they lock them in the same order.</summary>
    [Fact]
    public async Task Renew_FilesThatAreEachOthersKey_NoRunWaitsForever()
    {
        var (_, first) = await MakeAsync("a.pem", "b.pem");
        var both = File.ReadAllText(first.CertificatePath) + File.ReadAllText(first.KeyPath!);
        foreach (var path in new[] { first.CertificatePath, first.KeyPath! })
        {
            File.WriteAllText(path, both);
            Age(path);
        }

        var second = first with { CertificatePath = first.KeyPath!, KeyPath = first.CertificatePath };
        // Which of the two takes the lock that is released is chance.
        for (var round = 1; round <= 8; round++)
        {
            using var folders = new OpenFolders();
            var holder = await PairLock.AcquireAsync(folders, new PairPaths(first.KeyPath!, first.KeyPath!), TimeSpan.Zero, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            var runs = new[] { first, second }.Select(request => Task.Run(() => RunAsync(request with { LockTimeout = TimeSpan.FromSeconds(5) }))).ToList();
            while (Log.Count(LockAwaited) < 2 * round)
                await Task.Delay(5);
            holder.Dispose();
            Assert.All(await Task.WhenAll(runs), run => Assert.True(run.Error is null, $"{run.Error}"));
        }
    }

    /// <summary>The lock of the certificate keeps other runs out of the pair; no other certificate has this key.</summary>
    [Fact]
    public async Task LockOfTheKey_ThatCannotBeMade_StopsNoRenewal()
    {
        var (_, request) = await MakeAsync("web.crt", "keys/web.key");
        Directory.CreateDirectory(KeyLockOf(request));
        await RenewedAsync(request);
        Assert.Contains(Event.KeyNotLocked, Log.Ids);
        await RekeyedAsync(request);
    }

    [Fact]
    public async Task LockOfTheKey_OfAKilledRun_IsRemovedByTheNextCheck()
    {
        Tool.RequireLinux();
        var (_, request) = await MakeAsync("web.crt", "web.key");
        // At the first call of the file system under the lock.
        await using (var child = Child.Start(["crash", .. ChildProgram.Tell(request), "8"]))
            Assert.Equal(137, (await child.EndAsync()).ExitCode);
        Assert.True(File.Exists(KeyLockOf(request)), "The run was not killed under the lock.");
        var (result, error) = await RunAsync(request with { Rule = RenewalRule.Default });
        Assert.Null(error);
        Assert.Equal(RenewalStatus.NotDue, result.Status);
        AssertNoKeyLock(request);
    }

    private static string KeyLockOf(RenewalRequest request) => PairPaths.Resolve(request.CertificatePath, request.KeyPath!).KeyLock;

    private static void AssertNoKeyLock(RenewalRequest request) => Assert.False(File.Exists(KeyLockOf(request)), "The lock of the key was left.");

    private async Task RefusedAsync(RenewalRequest request, string user)
    {
        var error = await IntactAsync(ErrorId.KeyShared, request with { Rekey = true, KeyPath = request.KeyPath ?? KeyPathConvention.FindNextTo(request.CertificatePath) });
        Assert.Contains($"'{user}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(user, error.Remedy, StringComparison.Ordinal);
    }

    private async Task<(ITestCa Ca, RenewalRequest Request)> MakeAsync(string certificate, string key, TimeSpan? age = null)
    {
        var ca = await CaAsync(CaKind.DevCa);
        var issued = await IssueAsync(ca, into: Directory.CreateDirectory(Path.Combine(Folder, "issued")).FullName, age: age);
        var request = Request(ca, issued) with { CertificatePath = Copy(issued.CertificatePath, certificate), KeyPath = Copy(issued.KeyPath, key) };
        Directory.Delete(Path.Combine(Folder, "issued"), recursive: true);
        return (ca, request);
    }

    private string Copy(string path, string name)
    {
        var target = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(path, target);
        Age(target);
        return target;
    }
}
