using System.Text.Json;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Integration.Cas;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Registration;
using Monitor = StepCaRenew.Integration.Attacks.Monitor;

namespace StepCaRenew.Integration.Actions;

/// <summary>The notifiers of a registered renewal: each new error once, the recovery once, and what was not reported again.</summary>
public sealed class NotifierTests : IAsyncLifetime
{
    private const string Secret = "5ecret-pa7h";

    private readonly TestFolder folder = new();
    private readonly CollectingLogger log = new();
    private ITestCa ca = null!;
    private IssuedPair pair = null!;

    private string Trace => Path.Combine(folder, "trace");

    private string[] Told => File.Exists(Trace) ? File.ReadAllLines(Trace) : [];

    // A program that writes what it is told, and that fails while a file is missing.
    private CommandAction Program => new("/bin/sh", ["-c", $"[ -e '{folder.Path}/mute' ] && exit 7; echo \"$STEPCARENEW_EVENT $STEPCARENEW_ERROR_ID $STEPCARENEW_NAME $STEPCARENEW_CERTIFICATE_PATH\" >> '{Trace}'"]);

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The programs of these tests are those of Unix.");
        ca = await TestCas.GetAsync(CaKind.DevCa);
        pair = await ca.IssueAsync(new IssueOptions { Folder = folder });
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    [Fact]
    public async Task CaThatIsDownForTenRuns_IsReportedOnce_AndItsRecoveryOnce()
    {
        using var scene = Scene(Program);
        var definition = Load(scene);
        Save(scene, definition with { Ca = Down });
        for (var run = 0; run < 10; run++)
            Assert.Equal(ErrorId.CaUnreachable, (await RunAsync(scene)).Result!.ErrorId);
        Assert.Equal([$"failure CaUnreachable web {pair.CertificatePath}"], Told);
        Save(scene, definition);
        for (var run = 0; run < 3; run++)
            Assert.Null((await RunAsync(scene)).Error);
        Assert.Equal([$"failure CaUnreachable web {pair.CertificatePath}", $"recovery CaUnreachable web {pair.CertificatePath}"], Told);
        Assert.Null(scene.State.Reported);
        // Another failure after the recovery is a new one.
        Save(scene, definition with { Ca = Down });
        await RunAsync(scene);
        Assert.Equal("failure", Told[^1].Split(' ')[0]);
    }

    [Fact]
    public async Task SecondError_IsReported_AndTheFirstNotAgain()
    {
        using var scene = Scene(Program);
        var definition = Load(scene);
        Save(scene, definition with { Ca = Down });
        await RunAsync(scene);
        File.Move(pair.KeyPath, pair.KeyPath + ".away");
        await RunAsync(scene);
        File.Move(pair.KeyPath + ".away", pair.KeyPath);
        await RunAsync(scene);
        Assert.Equal(["CaUnreachable", "FileNotFound"], Told.Select(line => line.Split(' ')[1]));
        Save(scene, definition);
        await RunAsync(scene);
        Assert.Equal(["failure", "failure", "recovery"], Told.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task NotifierThatFails_IsAnErrorOfItsOwn_StopsNothing_AndIsTriedAgain()
    {
        var second = new CommandAction("/bin/sh", ["-c", $"echo second >> '{Trace}'"]);
        using var scene = Scene(Program, second);
        Save(scene, Load(scene) with { Ca = Down });
        await File.WriteAllTextAsync(Path.Combine(folder, "mute"), string.Empty);
        var (outcome, errors, exitCode) = await RunAllAsync(scene);
        Assert.Equal((ErrorId.CaUnreachable, RunExitCode.RenewalFailed), (outcome.Error!.ErrorId, exitCode));
        var error = Assert.Single(errors);
        Assert.Equal(ErrorId.NotificationFailed, error.ErrorId);
        Assert.Contains("exit code 7", error.Message, StringComparison.Ordinal);
        Assert.Equal(["second"], Told);
        Assert.Single(log.Events, one => one.Id == 156);
        // The one that failed is tried again, and the other one is not.
        await RunAllAsync(scene);
        Assert.Equal(["second"], Told);
        File.Delete(Path.Combine(folder, "mute"));
        (_, errors, _) = await RunAllAsync(scene);
        Assert.Empty(errors);
        Assert.Equal(["second", $"failure CaUnreachable web {pair.CertificatePath}"], Told);
    }

    // Nobody has heard of the failure, and yet its end says that there was one.
    [Fact]
    public async Task RecoveryThatCannotBeReported_IsReportedByALaterRun()
    {
        using var scene = Scene(Program);
        var definition = Load(scene);
        await File.WriteAllTextAsync(Path.Combine(folder, "mute"), string.Empty);
        Save(scene, definition with { Ca = Down });
        await RunAsync(scene);
        Save(scene, definition);
        var (outcome, errors, exitCode) = await RunAllAsync(scene);
        Assert.Equal((RenewalStatus.Renewed, null, RunExitCode.ActionsFailed), (outcome.Result!.Status, outcome.Error, exitCode));
        Assert.Equal(ErrorId.NotificationFailed, Assert.Single(errors).ErrorId);
        File.Delete(Path.Combine(folder, "mute"));
        await RunAsync(scene);
        await RunAsync(scene);
        Assert.Equal([$"recovery CaUnreachable web {pair.CertificatePath}"], Told);
    }

    [Fact]
    public async Task FailedAction_IsReported_AndItsRecoveryOnceItSucceeds()
    {
        var action = new CommandAction("/bin/sh", ["-c", $"[ -e '{folder.Path}/ready' ]"]);
        using var scene = Scene(Program);
        Save(scene, Load(scene) with { Actions = [action] });
        await RunAsync(scene);
        await RunAsync(scene);
        await File.WriteAllTextAsync(Path.Combine(folder, "ready"), string.Empty);
        await RunAsync(scene);
        Assert.Equal([$"failure ActionFailed web {pair.CertificatePath}", $"recovery ActionFailed web {pair.CertificatePath}"], Told);
    }

    [Fact]
    public async Task NotifierOverItsTimeLimit_IsEnded()
    {
        using var scene = Scene(new CommandAction("/bin/sh", ["-c", "sleep 60"]));
        Save(scene, Load(scene) with { Ca = Down, ActionTimeout = TimeSpan.FromMilliseconds(300) });
        var (_, errors, _) = await RunAllAsync(scene);
        Assert.Contains("0.3 s", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_GetsOneObject_AndItsAddressIsNowhere()
    {
        using var server = new Monitor();
        var file = Path.Combine(folder, "address");
        var address = server.Address.Replace("/ping", $"/{Secret}", StringComparison.Ordinal);
        await File.WriteAllTextAsync(file, address + "\n");
        using var scene = Scene(WebhookAction.ToAddressIn(file));
        Save(scene, Load(scene) with { Ca = Down });
        await RunAsync(scene);
        var request = Assert.Single(server.Told);
        Assert.StartsWith($"POST /{Secret} ", request, StringComparison.Ordinal);
        using var body = JsonDocument.Parse(request[request.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal(
            ("failure", "web", pair.CertificatePath, ErrorId.CaUnreachable, Environment.MachineName),
            (Text("event"), Text("name"), Text("certificatePath"), Text("errorId"), Text("host")));
        Assert.Equal(pair.Leaf.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture), Text("notAfter"));
        Assert.All(new[] { "message", "remedy", "time", "text" }, name => Assert.NotEmpty(Text(name)!));

        // Refused by a redirect, which could lead anywhere; then by a server that is gone.
        server.Dispose();
        await File.WriteAllTextAsync(file, address.Replace("http:", "https:", StringComparison.Ordinal));
        File.Move(pair.KeyPath, pair.KeyPath + ".away");
        var (_, errors, _) = await RunAllAsync(scene);
        var error = Assert.Single(errors);
        Assert.Contains("***", error.Message, StringComparison.Ordinal);
        var files = Directory.EnumerateFiles(scene.Home, "*", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        Assert.NotEmpty(files);
        Assert.DoesNotContain(files.Append(log.Text).Append(error.ToString()), text => text.Contains(Secret, StringComparison.Ordinal));

        string? Text(string name) => body.RootElement.GetProperty(name).GetString();
    }

    // The output of a program can hold a secret: it stays on this machine.
    [Fact]
    public async Task Webhook_GetsNoOutputOfAnAction()
    {
        using var server = new Monitor();
        var file = Path.Combine(folder, "address");
        await File.WriteAllTextAsync(file, server.Address);
        using var scene = Scene(WebhookAction.ToAddressIn(file));
        Save(scene, Load(scene) with { Actions = [new CommandAction("/bin/sh", ["-c", "echo output-of-the-action >&2; exit 3"])] });
        var outcome = await RunAsync(scene);
        Assert.Contains("output-of-the-action", outcome.Result!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("output-of-the-action", Assert.Single(server.Told), StringComparison.Ordinal);
        Assert.Contains("exit code 3", server.Told[0], StringComparison.Ordinal);
    }

    // Nothing of a definition that others can write is run; the address next to it was written by root.
    [Fact]
    public async Task RefusedDefinition_RunsNothingOfIt_AndTheAddressNextToItIsTold()
    {
        Tool.RequireRoot();
        using var server = new Monitor();
        using var scene = Scene(Program);
        await File.WriteAllTextAsync(scene.Store.NotifierFile("web", 2), server.Address);
        var path = scene.Store.Folders.DefinitionFile("web");
        Tool.Run("chmod", "0666", path);
        for (var run = 0; run < 2; run++)
            Assert.Equal(ErrorId.InsecureDefinition, (await RunAsync(scene)).Error!.ErrorId);
        Assert.Empty(Told);
        Assert.Contains("InsecureDefinition", Assert.Single(server.Told), StringComparison.Ordinal);
        // Only the script of an action is not safe: the definition is.
        Tool.Run("chmod", "0644", path);
        var script = Path.Combine(folder, "action.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\n");
        Tool.Run("chmod", "0777", script);
        Save(scene, Load(scene) with { Actions = [new CommandAction(script, [])] });
        Assert.Equal(ErrorId.InsecureDefinition, (await RunAsync(scene)).Error!.ErrorId);
        Assert.Equal([$"failure InsecureDefinition web {pair.CertificatePath}"], Told);
    }

    [Fact]
    public async Task StateThatCannotBeWritten_ReportsAgain()
    {
        using var scene = Scene(Program);
        Save(scene, Load(scene) with { Ca = Down });
        await RunAsync(scene);
        // Damaged, and then a folder in its place.
        var state = Path.Combine(scene.Store.Folders.StateFolder("web"), "state.json");
        await File.WriteAllTextAsync(state, "{ \"reported\": ");
        await RunAsync(scene);
        Assert.Equal(2, Told.Length);
        File.Delete(state);
        Directory.CreateDirectory(Path.Combine(state, "not-empty"));
        await RunAsync(scene);
        await RunAsync(scene);
        Assert.Equal(4, Told.Length);
    }

    [Fact]
    public async Task WhatIf_ReportsNothing()
    {
        using var scene = Scene(Program);
        File.Delete(pair.KeyPath);
        await RunAllAsync(scene, isWhatIf: true);
        Assert.Empty(Told);
    }

    private static Ca.Configuration.CaOptions Down => new() { CaUrl = "https://127.0.0.1:9", RootPath = null };

    private RegisteredScene Scene(params ActionDefinition[] notifiers) => new(new RenewalDefinition
    {
        Name = "web",
        CertificatePath = pair.CertificatePath,
        KeyPath = pair.KeyPath,
        Ca = new() { StepPath = ca.StepPath },
        OnFailure = [.. notifiers.Select(action => new Notifier(action))],
    });

    private RenewalDefinition Load(RegisteredScene scene) => scene.Store.Load("web");

    private void Save(RegisteredScene scene, RenewalDefinition definition) =>
        scene.Store.Save(definition.Ca.CaUrl == Down.CaUrl ? definition with { Ca = definition.Ca with { RootPath = ca.RootPath } } : definition);

    private async Task<RegisteredOutcome> RunAsync(RegisteredScene scene) => (await RunAllAsync(scene)).Outcome;

    private async Task<(RegisteredOutcome Outcome, IReadOnlyList<RenewalException> Errors, int ExitCode)> RunAllAsync(RegisteredScene scene, bool isWhatIf = false)
    {
        var options = new RegisteredRunOptions
        {
            Module = new RunningModule(null, scene.Home), IsForced = true, IsWhatIf = isWhatIf, RetryTimeout = TimeSpan.Zero,
            Host = new ActionHost { WorkingDirectory = folder },
        };
        using var runs = new RegisteredRuns(options, TimeProvider.System, () => 0.5, _ => null, log);
        await runs.RenewAsync(0, scene.Store, "web", CancellationToken.None);
        await runs.ActAsync(CancellationToken.None);
        await runs.FinishAsync(CancellationToken.None);
        return (runs.Outcomes.Single(), runs.ActionErrors, runs.ExitCode);
    }
}
