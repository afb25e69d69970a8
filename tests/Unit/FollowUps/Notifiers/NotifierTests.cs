using System.Text;
using System.Text.Json;
using StepCaRenew.Accounts;
using StepCaRenew.FollowUps.Actions;
using StepCaRenew.FollowUps.Notifiers;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.FollowUps.Notifiers;

public sealed class NotifierTests
{
    private static readonly Incident Failure = new()
    {
        Name = "web", CertificatePath = "/etc/ssl/web.crt", ErrorId = ErrorId.CaUnreachable, Message = "web: exit code 3: output", PublicMessage = "web: exit code 3", Remedy = "Look.",
        NotAfter = new DateTimeOffset(2026, 11, 30, 1, 2, 3, TimeSpan.FromHours(1)),
    };

    [Fact]
    public void Hash_OfNotifiers_DiffersByKindAndValue_AndFromThatOfTheAction()
    {
        ActionDefinition[] actions = [new CommandAction("/x", []), new CommandAction("/x", ["a"]), new ScriptAction("/x"), WebhookAction.ToAddressIn("/x"), WebhookAction.ToAddress("https://x/")];
        Assert.Distinct(actions.SelectMany(action => new[] { action.Hash, new Notifier(action).Hash }));
        Assert.Equal(new Notifier(actions[0]).Hash, new Notifier(actions[0] with { Timeout = TimeSpan.FromSeconds(9) }).Hash);
    }

    [Fact]
    public void Webhook_AsText_HasNoPath()
    {
        var action = WebhookAction.ToAddress("https://user:s3cret@chat.example.com:8443/s3cret?token=s3cret");
        Assert.DoesNotContain("s3cret", $"{action} {new Notifier(action)} {action.Description}", StringComparison.Ordinal);
        Assert.Contains("https://chat.example.com:8443/***", action.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_OfAFailure_HaveTheOutput_AndAreInUtc()
    {
        var variables = Failure.Variables;
        Assert.Equal(("failure", "web: exit code 3: output", "Look.", "2026-11-30T00:02:03Z", null),
            (variables["STEPCARENEW_EVENT"], variables["STEPCARENEW_ERROR_MESSAGE"], variables["STEPCARENEW_ERROR_REMEDY"], variables["STEPCARENEW_NOT_AFTER"], variables["STEPCARENEW_SINCE"]));
        Assert.Equal(ActionEnvironment.MaximumLength, (Failure with { Message = new string('x', 40_000) }).Variables["STEPCARENEW_ERROR_MESSAGE"]!.Length);
    }

    [Fact]
    public void ToJson_OfAFailure_HasNoOutput_AndOneLineOfText()
    {
        var text = Encoding.UTF8.GetString(Failure.ToJson(DateTimeOffset.UnixEpoch));
        Assert.DoesNotContain("output", text, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(
            ["event", "name", "certificatePath", "errorId", "message", "remedy", "notAfter", "since", "host", "time", "text"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal($"{Environment.MachineName}: failed: web (CaUnreachable): web: exit code 3 Look.", json.RootElement.GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("web.on-failure-1", true)]
    [InlineData("web.on-failure-12", true)]
    [InlineData("web.on-failure-", false)]
    [InlineData("web.on-failure-x", false)]
    [InlineData("web.on-failure-1.json", false)]
    [InlineData("web.on-failure-1.on-failure-2", false)]
    [InlineData("web.on-failure-1-2", false)]
    [InlineData("web2.on-failure-1", false)]
    public void NotifierFiles_OfARenewal_AreItsOwn(string file, bool isOwn)
    {
        using var home = new TestFolder();
        var store = new DefinitionStore(RenewalFolders.ForScope(RenewalScope.CurrentUser, name => name == RenewalFolders.HomeVariable ? home.Path : null));
        OwnFolder.Make(store.Folders.Definitions, RenewalScope.CurrentUser);
        var path = Path.Combine(store.Folders.Definitions, file);
        File.WriteAllText(path, "https://x/");
        Assert.Equal(isOwn ? [path] : [], store.NotifierFiles("web"));
        Assert.Equal(isOwn, store.IsPrivate("web", path));
        store.Delete("web");
        Assert.Equal(!isOwn, File.Exists(path));
    }
}
