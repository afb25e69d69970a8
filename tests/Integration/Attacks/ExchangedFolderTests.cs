using System.Diagnostics;
using StepCaRenew.Certificates;
using StepCaRenew.FileSystem.Native;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Renewal;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// Root renews a pair in the folder of a user, and the user exchanges the folder, or a file in it, with a link at every
/// moment. Root must write nothing elsewhere, and give the user nothing that the user did not have.
/// </summary>
public sealed class ExchangedFolderTests : EngineTest
{
    // A run that is refused at once takes no time, so the number of the attacker's tries decides.
    private const int Tries = 200;
    private const int Renewals = 5;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task FolderExchangedWithALink_RootWritesNothingElsewhere()
    {
        var (request, home, seed) = await SceneAsync();
        var system = Directory.CreateDirectory(Path.Combine(Folder, "cron.d")).FullName;
        Link(Path.Combine(home, "link"), system);
        using (var attacker = Attacker.Exchange(home, "certs", "link", seed))
            await RunNextToAsync(attacker, request, seed);

        Assert.Empty(Directory.EnumerateFileSystemEntries(system, "*", new EnumerationOptions { AttributesToSkip = 0 }).Select(path => $"{path} (seed {seed})"));
        PutBack(home, "certs", "link");
        await AssertWholeAsync(request);
    }

    [Fact]
    public async Task CertificateExchangedWithALinkToASetUserIdFile_RootMakesNoSuchFile()
    {
        var (request, home, seed) = await SceneAsync();
        var program = Path.Combine(Folder, "program");
        File.WriteAllText(program, "x");
        Tool.Run("chmod", "4755", program);
        var certs = Path.Combine(home, "certs");
        Link(Path.Combine(certs, "link"), program);
        var staged = Path.Combine(certs, $".{Path.GetFileName(request.CertificatePath)}.stepcarenew-new");
        var seen = 0;
        using (var attacker = Attacker.Exchange(certs, Path.GetFileName(request.CertificatePath), "link", seed, () => seen += HasSetUserId(staged) ? 1 : 0))
            await RunNextToAsync(attacker, request, seed);

        Assert.True(seen == 0, $"The attacker saw a staged file with set-user-id {seen} times (seed {seed}).");
        Assert.DoesNotContain(Directory.EnumerateFiles(certs, "*", new EnumerationOptions { AttributesToSkip = 0 }), path => new FileInfo(path).LinkTarget is null && HasSetUserId(path));
        PutBack(certs, Path.GetFileName(request.CertificatePath), "link");
        await AssertWholeAsync(request);
    }

    // The user learns nothing of root's files: what exists, what does not, and what cannot be read are one error.
    [Theory]
    [InlineData("there/secret.crt")]
    [InlineData("there/missing.crt")]
    [InlineData("missing/secret.crt")]
    [InlineData("there/secret.crt/below.crt")]
    public async Task LinkOfAUserToAFileOfRoot_IsOneErrorForAll(string target)
    {
        var (request, home, _) = await SceneAsync();
        var there = Directory.CreateDirectory(Path.Combine(Folder, "there")).FullName;
        File.WriteAllText(Path.Combine(there, "secret.crt"), "secret");
        Tool.Run("chmod", "0700", there);
        var link = Path.Combine(home, "certs", "link.crt");
        Link(link, Path.Combine(Folder, target));
        var (result, error) = await RunAsync(request with { CertificatePath = link });
        Assert.Equal(ErrorId.LinkNotTrusted, result.ErrorId);
        Assert.Equal(ErrorId.LinkNotTrusted, error?.ErrorId);
        Assert.DoesNotContain(target, error!.Message + error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LinkOfAUserToTheUsersOwnFolder_IsFollowed()
    {
        var (request, home, _) = await SceneAsync();
        Link(Path.Combine(home, "current"), Path.Combine(home, "certs"));
        var (result, error) = await RunAsync(request with { CertificatePath = request.CertificatePath.Replace("/certs/", "/current/", StringComparison.Ordinal) });
        Assert.True(error is null, error?.ToString());
        Assert.Equal(RenewalStatus.Renewed, result.Status);
    }

    [Fact]
    public async Task LinkOfRootToTheFolderOfAUser_IsFollowed()
    {
        var (request, home, _) = await SceneAsync();
        var link = Path.Combine(Folder, "web.crt");
        File.CreateSymbolicLink(link, request.CertificatePath);
        Assert.Equal(RenewalStatus.Renewed, (await RunAsync(request with { CertificatePath = link })).Result.Status);
        Assert.NotNull(home);
    }

    private static bool HasSetUserId(string path) => OperatingSystem.IsLinux() && LinuxStat.TryRead(path, followLinks: false) is { IsRegular: true } stat && (stat.Mode & 0xC00) != 0;

    private static void Link(string path, string target)
    {
        File.CreateSymbolicLink(path, target);
        Tool.Run("chown", "-h", $"{Unprivileged.User}", path);
    }

    // An odd number of exchanges leaves the link under the name.
    private static void PutBack(string folder, string name, string link)
    {
        if (new FileInfo(Path.Combine(folder, name)).LinkTarget is null)
            return;
        File.Delete(Path.Combine(folder, name));
        Directory.Move(Path.Combine(folder, link), Path.Combine(folder, name));
    }

    private async Task RunNextToAsync(Attacker attacker, RenewalRequest request, int seed)
    {
        var (runs, renewed) = (0, 0);
        // On a slow machine few runs get through between two exchanges; those that do are the dangerous ones.
        for (var start = Stopwatch.GetTimestamp(); (attacker.Steps < Tries || renewed < Renewals) && Stopwatch.GetElapsedTime(start) < Longest; runs++)
            renewed += (await RunAsync(request)).Result.Status == RenewalStatus.Renewed ? 1 : 0;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {attacker.Steps} exchanges next to {runs} runs, of which {renewed} renewed");
        Assert.True(renewed > 0 && attacker.Steps > 0, $"{renewed} renewals, {attacker.Steps} exchanges: the attack was never next to a whole renewal.");
    }

    private async Task AssertWholeAsync(RenewalRequest request)
    {
        var (_, error) = await RunAsync(request);
        Assert.True(error is null, error?.ToString());
        using var pair = CertificatePair.Load(request.CertificatePath, request.KeyPath, null);
        Assert.True(pair.Matches);
        var owner = Unprivileged.OwnerOf(request.CertificatePath);
        Assert.Equal(Unprivileged.User, owner?.User);
        Assert.Equal(Unprivileged.User, owner?.Group);
    }

    private async Task<(RenewalRequest Request, string Home, int Seed)> SceneAsync()
    {
        Tool.RequireRoot();
        Tool.Run("chmod", "0755", Folder);
        var home = Path.Combine(Folder, "home");
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca, into: Directory.CreateDirectory(Path.Combine(home, "certs")).FullName);
        Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", home);
        return (Request(ca, pair), home, Random.Shared.Next());
    }
}
