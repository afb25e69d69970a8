using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Attacks;

/// <summary>System calls of a publication: a private key is written only to files that are staged next to their targets, which have their final rights by then.</summary>
public sealed class PublishedKeyTests : EngineTest
{
    private const string Key = "PRIVATE KEY-----";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Key_IsWrittenOnlyToStagedFiles_AfterTheirRightsAreSet(bool isReplacement)
    {
        Tool.RequireRoot();
        Tool.Require("strace");
        var ca = await CaAsync(CaKind.DevCa);
        var pair = await IssueAsync(ca);
        var published = Directory.CreateDirectory(Path.Combine(Folder, "out")).FullName;
        string[] targets = [Path.Combine(published, "web.pem"), Path.Combine(published, "key.pem"), Path.Combine(published, "web.pfx")];
        var password = Path.Combine(Folder, "password");
        File.WriteAllText(password, "s3cret-of-the-pfx");
        if (isReplacement)
        {
            foreach (var target in targets)
            {
                File.WriteAllText(target, "old");
                Tool.Run("chmod", "0640", target);
                Tool.Run("chown", $"{Unprivileged.User}:{Unprivileged.User}", target);
            }
        }

        var trace = Path.Combine(Folder, "trace");
        string[] told = ChildProgram.Tell(Request(ca, pair) with { Rule = RenewalRule.Force });
        await using (var child = Child.StartAs(["strace", "-f", "-y", "-s", "100000", "-e", "trace=execve,openat,open,creat,write,pwrite64,writev,pwritev,sendto,sendmsg,fchmod,fchmodat,chmod,fchown,fchownat,rename,renameat,renameat2,linkat", "-o", trace], ["publish", .. told, .. targets, password]))
        {
            var (exit, text, errors) = await child.EndAsync();
            Assert.True(exit == 0, text + errors);
        }

        Assert.Equal(isReplacement ? $"{Unprivileged.User}:{Unprivileged.User} 640" : "0:0 600", Tool.Run("stat", "-c", "%u:%g %a", targets[0]).Trim());
        var calls = File.ReadAllLines(trace);
        var written = calls.Where(call => call.Contains(Key, StringComparison.Ordinal)).ToList();
        // The PFX file is encrypted.
        Assert.Equal(targets.Length - 1, written.Count);
        Assert.DoesNotContain(calls, call => (call.Contains(" execve(", StringComparison.Ordinal) || call.Contains("write", StringComparison.Ordinal)) && call.Contains("s3cret-of-the-pfx", StringComparison.Ordinal));
        Assert.All(
            calls.Where(call => call.Contains("write", StringComparison.Ordinal) && call.Contains($"<{published}/", StringComparison.Ordinal)),
            call => Assert.Contains(".stepcarenew-new>", call, StringComparison.Ordinal));
        foreach (var target in targets)
        {
            var staged = $"{published}/.{Path.GetFileName(target)}.stepcarenew-new";
            var write = Assert.Single(Positions(calls, call => call.Contains("write", StringComparison.Ordinal) && call.Contains($"<{staged}>", StringComparison.Ordinal)));
            // Created by this process, for its owner alone.
            Assert.Contains("O_EXCL", calls[Assert.Single(Positions(calls, call => call.Contains("O_CREAT", StringComparison.Ordinal) && call.EndsWith($"<{staged}>", StringComparison.Ordinal)))], StringComparison.Ordinal);
            Assert.Matches("O_CREAT[^)]*, 0600\\)", calls.First(call => call.Contains("O_CREAT", StringComparison.Ordinal) && call.EndsWith($"<{staged}>", StringComparison.Ordinal)));
            // Owner and mode are set before the key is written, and never after it.
            var rights = Positions(calls, call => (call.Contains("chmod", StringComparison.Ordinal) || call.Contains("chown", StringComparison.Ordinal)) && call.Contains($"<{staged}>", StringComparison.Ordinal));
            Assert.True(!isReplacement || rights.Count >= 2, "Owner and mode were not set.");
            Assert.All(rights, at => Assert.InRange(at, 0, write));
            Assert.Single(Positions(calls, call => call.Contains("rename", StringComparison.Ordinal) && call.Contains($"\".{Path.GetFileName(target)}.stepcarenew-new\"", StringComparison.Ordinal)));
        }
    }

    private static List<int> Positions(string[] calls, Func<string, bool> matches) => [.. Enumerable.Range(0, calls.Length).Where(index => matches(calls[index]))];
}
