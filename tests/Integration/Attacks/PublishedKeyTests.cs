using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Children;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Policy;

namespace StepCaRenew.Integration.Attacks;

/// <summary>System calls of a publication: a private key is written only to files that are staged next to their targets, which have their final rights by then.</summary>
public sealed class PublishedKeyTests : EngineTest
{
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

        string[] told = ChildProgram.Tell(Request(ca, pair) with { Rule = RenewalRule.Force });
        var trace = await KeyTrace.RunAsync(Path.Combine(Folder, "trace"), [], ["publish", .. told, .. targets, password]);

        Assert.Equal(isReplacement ? $"{Unprivileged.User}:{Unprivileged.User} 640" : "0:0 600", Tool.Run("stat", "-c", "%u:%g %a", targets[0]).Trim());
        // The PFX file is encrypted.
        Assert.Equal(targets.Length - 1, trace.PemKeysWritten);
        trace.AssertNowhere("s3cret-of-the-pfx");
        trace.AssertOnlyStagedWritten(published);
        foreach (var target in targets)
            trace.AssertStaged(target, isReplacement ? ["fchmod", "fchown"] : []);
    }
}
