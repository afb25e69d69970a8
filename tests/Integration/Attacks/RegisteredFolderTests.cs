using System.Text.Json;
using System.Text.RegularExpressions;
using StepCaRenew.Inspection;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Attacks;

/// <summary>Root renews all certificates of a folder that a user owns, who puts other things there.</summary>
public sealed partial class RegisteredFolderTests : EngineTest
{
    private const uint Stranger = 65532;

    private string? elsewhere;

    private string Mine => elsewhere ?? Path.Combine(Folder, "mine");

    private string Private => Path.Combine(Folder, "private");

    public override void Dispose()
    {
        if (elsewhere is not null && Directory.Exists(elsewhere))
            Directory.Delete(elsewhere, recursive: true);
        base.Dispose();
    }

    [Fact]
    public async Task HostileFiles_FailAlone_AndNothingOutsideTheFolderChanges()
    {
        using var attack = await SceneAsync();
        var secret = Plant("secret.key", await File.ReadAllTextAsync(attack.Pair.KeyPath));
        var root = Plant("root.crt", await File.ReadAllTextAsync(attack.Pair.CertificatePath));
        Link("certificate.crt", root);
        Copy(attack.Pair, "key");
        Link("key.key", secret, isReplaced: true);
        Copy(attack.Pair, "foreign");
        Tool.Run("chown", $"{Stranger}", Path.Combine(Mine, "foreign.key"));
        Tool.Run("mkfifo", Path.Combine(Mine, "pipe.crt"));
        Tool.Run("chown", $"{Unprivileged.User}", Path.Combine(Mine, "pipe.crt"));
        Link("circle.crt", Path.Combine(Mine, "circle.crt"));
        Copy(attack.Pair, "x\nall: 9 certificates: 9 renewed\e[2J");

        var before = Snapshot(Private);
        var (outcome, exit) = await attack.RunAsync(isForced: true);
        Assert.Equal(RunExitCode.RenewalFailed, exit);
        Assert.Equal(
            [
                ("certificate", ErrorId.LinkNotTrusted), ("circle", ErrorId.LinkNotTrusted), ("foreign", ErrorId.InsecureFolder), ("key", ErrorId.LinkNotTrusted),
                ("pipe", ErrorId.FileUnreadable), ("web", null), ("x all: 9 certificates: 9 renewed\uFFFD[2J", null),
            ],
            outcome.Runs.Select(run => (Varying().Replace(run.Result.Name!["web/".Length..], "web"), run.Error?.ErrorId)).OrderBy(run => run.Item1, StringComparer.Ordinal));
        Assert.Equal(before, Snapshot(Private));
        Assert.Equal(1, attack.Acted);
        var log = await File.ReadAllLinesAsync(RegisteredRenewal.UsualLogOf(attack.Store.Folders, RegisteredAttack.Name));
        Assert.All(log, line => Assert.NotNull(JsonDocument.Parse(line)));
        Assert.DoesNotContain("private", attack.StateText, StringComparison.Ordinal);
    }

    // Everything that a search for certificates could look up behind a link of the user.
    [Theory]
    [InlineData("certificate")]
    [InlineData("two links")]
    [InlineData("key")]
    [InlineData("folder")]
    [InlineData("followed folder")]
    [InlineData("pattern of folders")]
    [InlineData("pattern of files")]
    [InlineData("whole folder")]
    public async Task LinkOfTheUser_TheStateIsTheSame_WhateverItLeadsTo(string what)
    {
        var states = new HashSet<string>();
        foreach (var target in new[] { "private/secret", "private/missing", "missing/secret", "private/secret/below", "private/folder", "private/real.crt", "private/full" })
        {
            using var attack = await SceneAsync(what switch
            {
                "followed folder" => new CertificateSet { Path = Mine, Recurse = true, FollowSymlink = true },
                "pattern of folders" => new CertificateSet { Path = Path.Combine(Mine, "*", "web.crt") },
                "pattern of files" => new CertificateSet { Path = Path.Combine(Mine, "*") },
                "whole folder" => new CertificateSet { Path = Path.Combine(Mine, "sub.crt") },
                _ => new CertificateSet { Path = Mine },
            });
            Plant("secret", "4 secret");
            Directory.CreateDirectory(Path.Combine(Private, "folder"));
            Directory.CreateDirectory(Path.Combine(Private, "full"));
            foreach (var name in new[] { "real.crt", "full/web.crt" })
                File.Copy(attack.Pair.CertificatePath, Path.Combine(Private, name), overwrite: true);
            if (what == "key")
                Copy(attack.Pair, "sub");
            Link(what == "key" ? "sub.key" : "sub.crt", Path.Combine(Folder, target), isReplaced: true);
            if (what == "two links")
                Link("other.crt", Path.Combine(Folder, target));
            await attack.RunAsync(isForced: true);
            var state = attack.State;
            var certificates = (state.Certificates ?? new Dictionary<string, RenewalState>()).Select(one => $"{one.Key} {one.Value.LastErrorId} {one.Value.LastErrorMessage}");
            states.Add(Varying().Replace($"{state.LastStatus} {state.LastErrorId} {state.LastErrorMessage} {string.Join(' ', certificates.Order(StringComparer.Ordinal))}", "x"));
        }

        Assert.True(states.Count == 1, string.Join('\n', states));
        Assert.Contains(ErrorId.LinkNotTrusted, states.Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("private", states.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FolderThatOthersCanWrite_IsRefused()
    {
        using var attack = await SceneAsync();
        Tool.Run("chmod", "0777", Mine);
        var (outcome, exit) = await attack.RunAsync(isForced: true);
        Assert.Equal((ErrorId.InsecureFolder, RunExitCode.RenewalFailed, 0), (Assert.Single(outcome.Runs).Error?.ErrorId, exit, attack.Acted));
    }

    // A run must end, and renew those that it renewed before.
    [Fact]
    public async Task HundredThousandFiles_TheCertificatesOfEarlierRunsAreRenewed()
    {
        // In memory: a disk can take minutes to delete so many files.
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "There is no file system in memory.");
        elsewhere = $"/dev/shm/stepcarenew-test-{Guid.NewGuid():N}";
        using var attack = await SceneAsync();
        Assert.Equal(RunExitCode.Success, (await attack.RunAsync(isForced: true)).ExitCode);
        for (var number = 0; number < 100_000; number++)
            await File.WriteAllBytesAsync(Path.Combine(Mine, $"!{number}.crt"), "x"u8.ToArray());
        var (outcome, exit) = await attack.RunAsync(isForced: true);
        Assert.Equal(RunExitCode.RenewalFailed, exit);
        Assert.Equal(CertificateSet.MostCertificates + 1, outcome.Runs.Count);
        Assert.Equal(attack.Pair.CertificatePath, Assert.Single(outcome.Runs, run => run.Error is null).Result.CertificatePath);
        Assert.Equal((RegisteredAttack.Name, ErrorId.TooManyCertificates), (outcome.Runs[^1].Result.Name, outcome.Runs[^1].Error?.ErrorId));
        Assert.Equal(2, attack.Acted);
        // The state is not larger than what the next run reads.
        Assert.Equal(CertificateSet.MostCertificates + 1, attack.State.Certificates!.Count);
    }

    // The name of each pair, and the end of each certificate.
    [GeneratedRegex("[0-9a-f]{32}(.local)?|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}")]
    private static partial Regex Varying();

    private static List<(string Path, string Content, DateTime Written, (uint User, uint Group)? Owner)> Snapshot(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path => (path, File.ReadAllText(path), File.GetLastWriteTimeUtc(path), Unprivileged.OwnerOf(path)))];

    private async Task<RegisteredAttack> SceneAsync(CertificateSet? certificates = null)
    {
        Tool.RequireRoot();
        Tool.Run("chmod", "0755", Folder);
        foreach (var folder in new[] { Mine, Private })
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Directory.CreateDirectory(folder);
        }

        Tool.Run("chmod", "0700", Private);
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca, into: Mine);
        return await RegisteredAttack.MakeAsync(
            ca, pair, definition => definition with { Scope = RenewalScope.Machine, CertificatePath = string.Empty, KeyPath = null, Certificates = certificates ?? new CertificateSet { Path = Mine } });
    }

    private string Plant(string name, string content)
    {
        File.WriteAllText(Path.Combine(Private, name), content);
        return Path.Combine(Private, name);
    }

    private void Copy(IssuedPair pair, string name)
    {
        foreach (var (source, extension) in new[] { (pair.CertificatePath, ".crt"), (pair.KeyPath, ".key") })
        {
            var path = Path.Combine(Mine, name + extension);
            File.Copy(source, path);
            Age(path);
            Tool.Run("chown", $"{Unprivileged.User}:{Unprivileged.User}", path);
        }
    }

    private void Link(string name, string target, bool isReplaced = false)
    {
        var path = Path.Combine(Mine, name);
        if (isReplaced)
            File.Delete(path);
        File.CreateSymbolicLink(path, target);
        Tool.Run("chown", "-h", $"{Unprivileged.User}:{Unprivileged.User}", path);
    }
}
