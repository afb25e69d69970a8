using System.Text.RegularExpressions;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Integration.Faults;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Attacks;

/// <summary>
/// All users can read the state of a renewal. It must not tell which files of root exist, nor what a hook printed; and a
/// renewal that is refused must not be silent.
/// </summary>
public sealed partial class PublicStateTests : EngineTest
{
    // Everything that root reads on behalf of a definition, as a link in the folder of a user.
    [Theory]
    [InlineData("certificate")]
    [InlineData("key")]
    [InlineData("key next to it")]
    [InlineData("password")]
    [InlineData("root")]
    [InlineData("monitor")]
    [InlineData("step")]
    [InlineData("script")]
    [InlineData("pid")]
    public async Task LinkOfTheUser_TheStateIsTheSame_WhateverItLeadsTo(string what)
    {
        var states = new HashSet<string>();
        var there = Directory.CreateDirectory(Path.Combine(Folder, "there")).FullName;
        foreach (var target in new[] { "there/secret", "there/empty", "there/missing", "missing/secret", "there/secret/below", "there/folder", "there/real.crt" })
        {
            using var attack = await SceneAsync(what, Path.Combine(Folder, target), async ca =>
            {
                await File.WriteAllTextAsync(Path.Combine(there, "secret"), "4 secret");
                await File.WriteAllTextAsync(Path.Combine(there, "empty"), "");
                Directory.CreateDirectory(Path.Combine(there, "folder"));
                var pair = await IssueAsync(ca);
                File.Copy(pair.CertificatePath, Path.Combine(there, "real.crt"), overwrite: true);
                Tool.Run("chmod", "0700", there);
            });
            await attack.RunAsync(isForced: true);
            states.Add(Varying().Replace($"{attack.State.LastStatus} {attack.State.LastErrorId} {attack.State.LastErrorMessage}", "x"));
        }

        Assert.True(states.Count == 1, string.Join('\n', states));
        Assert.DoesNotContain("there", states.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputOfAHook_IsNotInTheState_AndASecretNotInTheLog()
    {
        using var attack = await SceneAsync(null, null, _ => Task.CompletedTask, definition => definition with
        {
            HealthCheckUriFile = null,
            Actions = [new CommandAction("/bin/sh", ["-c", "echo 'connecting with password=hunter2' >&2; echo 'host db.internal refused, token=hunter3' >&2; exit 3"])],
        });
        var (outcome, exit) = await attack.RunAsync(isForced: true);
        Assert.Equal(RunExitCode.ActionsFailed, exit);
        Assert.Contains("db.internal", outcome.Result!.Message, StringComparison.Ordinal);
        Assert.Contains("exit code 3", attack.State.LastErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("db.internal", attack.StateText, StringComparison.Ordinal);
        var log = await File.ReadAllTextAsync(RegisteredRenewal.UsualLogOf(attack.Store.Folders, RegisteredAttack.Name));
        Assert.Contains("db.internal", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", log + attack.StateText + outcome.Result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("writable definition", ErrorId.InsecureDefinition)]
    [InlineData("broken definition", ErrorId.DefinitionInvalid)]
    [InlineData("writable script", ErrorId.InsecureDefinition)]
    public async Task RefusedDefinition_TellsItsMonitor(string fault, string errorId)
    {
        using var attack = await RefusedAsync(fault);
        var (outcome, exit) = await attack.RunAsync(isForced: true);
        Assert.Equal(errorId, outcome.Error?.ErrorId);
        Assert.Equal(RunExitCode.ConfigurationRefused, exit);
        Assert.Equal([$"POST /ping/fail {errorId}"], attack.Monitor.Told);
        Assert.Equal(errorId, attack.State.LastErrorId);
        Assert.Equal(0, attack.Acted);
    }

    // The address then comes from any account that can write the file: root sends no request to it.
    [Theory]
    [InlineData("0666")]
    [InlineData("link")]
    [InlineData("owner")]
    public async Task RefusedDefinition_AMonitorThatOthersCanChange_IsNotAsked(string how)
    {
        using var attack = await RefusedAsync("writable definition");
        var file = attack.Store.MonitorFile(RegisteredAttack.Name);
        if (how == "owner")
        {
            Tool.Run("chown", $"{Unprivileged.User}", file);
        }
        else if (how == "link")
        {
            var other = Path.Combine(Path.GetDirectoryName(attack.Pair.CertificatePath)!, "address");
            File.Copy(file, other);
            Tool.Run("chown", $"{Unprivileged.User}", other);
            File.Delete(file);
            File.CreateSymbolicLink(file, other);
        }
        else
        {
            Tool.Run("chmod", how, file);
        }

        await attack.RunAsync(isForced: true);
        Assert.Empty(attack.Monitor.Told);
    }

    // The name of each pair, and the end of each certificate.
    [GeneratedRegex("[0-9a-f]{32}|[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}")]
    private static partial Regex Varying();

    private async Task<RegisteredAttack> RefusedAsync(string fault)
    {
        var script = Path.Combine(Folder, "reload.ps1");
        await File.WriteAllTextAsync(script, "exit 0");
        var attack = await SceneAsync(null, null, _ => Task.CompletedTask, definition => fault == "writable script" ? definition with { Actions = [new ScriptAction(script)] } : definition);
        var path = attack.Store.Folders.DefinitionFile(RegisteredAttack.Name);
        switch (fault)
        {
            case "broken definition":
                await File.WriteAllTextAsync(path, "{");
                break;
            case "writable script":
                Tool.Run("chmod", "0666", script);
                break;
            default:
                Tool.Run("chmod", "0666", path);
                break;
        }

        return attack;
    }

    private async Task<RegisteredAttack> SceneAsync(string? what, string? target, Func<ITestCa, Task> prepare, Func<RenewalDefinition, RenewalDefinition>? change = null)
    {
        Tool.RequireRoot();
        Tool.Run("chmod", "0755", Folder);
        var ca = await CaAsync(CaKind.DevCa);
        await prepare(ca);
        var certs = Path.Combine(Folder, "certs");
        if (Directory.Exists(certs))
            Directory.Delete(certs, recursive: true);
        var pair = await IssueAsync(ca, into: Directory.CreateDirectory(certs).FullName);
        var link = Path.Combine(certs, what == "key next to it" ? Path.GetFileNameWithoutExtension(pair.CertificatePath) + ".key" : "link");
        if (target is not null)
        {
            File.Delete(link);
            File.CreateSymbolicLink(link, target);
            Tool.Run("chown", "-h", $"{Unprivileged.User}", link);
        }

        return await RegisteredAttack.MakeAsync(ca, pair, definition => What(change is null ? definition : change(definition), what, link));
    }

    private static RenewalDefinition What(RenewalDefinition definition, string? what, string link) => what switch
    {
        "certificate" => definition with { CertificatePath = link, KeyPath = null },
        "key" => definition with { KeyPath = link },
        "key next to it" => definition with { KeyPath = null },
        "password" => definition with { KeyPasswordFile = link },
        "root" => definition with { Ca = definition.Ca with { RootPath = link } },
        "monitor" => definition with { HealthCheckUriFile = link },
        "step" => definition with { Ca = definition.Ca with { StepPath = link } },
        "script" => definition with { Actions = [new ScriptAction(link)] },
        "pid" => definition with { Actions = [new SignalAction("HUP", link)] },
        _ => definition,
    };
}
