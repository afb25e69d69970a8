using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Attacks;

/// <summary>System calls of root's registered renewal in the folder of a user: once the folder is open, no name in it is reached by a path.</summary>
public sealed class OpenedOnceTests : EngineTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RegisteredRenewal_ReachesEveryFileThroughTheOpenFolder(bool rekey)
    {
        Tool.RequireRoot();
        Tool.Require("strace");
        Tool.Run("chmod", "0755", Folder);
        var ca = await CaAsync(CaKind.DevCa);
        var certs = Directory.CreateDirectory(Path.Combine(Folder, "certs")).FullName;
        var pair = await IssueAsync(ca, into: certs);
        Tool.Run("chown", "-R", $"{Unprivileged.User}:{Unprivileged.User}", certs);
        using var scene = new RegisteredScene(new RenewalDefinition
        {
            Name = "web",
            Scope = RenewalScope.CurrentUser,
            CertificatePath = pair.CertificatePath,
            Ca = new() { StepPath = ca.StepPath },
            Rekey = rekey,
            Actions = [new CommandAction("/bin/sh", ["-c", "true"])],
        });
        var trace = Path.Combine(Folder, "trace");
        await using (var child = Child.StartAs(["strace", "-f", "-y", "-e", "trace=%file,getxattr,lgetxattr,listxattr,setxattr", "-o", trace], ["run-registered", scene.Home, "web"]))
        {
            var (exit, text, errors) = await child.EndAsync();
            Assert.True(exit == 0, text + errors);
        }

        var calls = File.ReadAllLines(trace);
        var opened = Array.FindIndex(calls, call => call.Contains(" openat", StringComparison.Ordinal) && call.Contains($"<{certs}>", StringComparison.Ordinal));
        Assert.True(opened >= 0, "The folder was never opened.");
        Assert.Contains(calls[opened..], call => call.Contains("RENAME_EXCHANGE", StringComparison.Ordinal));
        Assert.DoesNotContain(calls[opened..], call => call.Contains($"\"{certs}/", StringComparison.Ordinal));
    }
}
