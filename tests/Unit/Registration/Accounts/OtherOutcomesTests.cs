using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using StepCaRenew.Accounts;
using StepCaRenew.Inspection;
using StepCaRenew.Logging;
using StepCaRenew.Registration;
using StepCaRenew.Registration.Accounts;
using StepCaRenew.Renewal;

namespace StepCaRenew.Unit.Registration.Accounts;

/// <summary>The process of another account is not trusted: root accepts only expected lines, and cleans their text.</summary>
public sealed class OtherOutcomesTests
{
    private static readonly RenewalDefinition Definition = new() { Name = "db", CertificatePath = "/var/lib/pgx/db.crt", KeyPath = "/var/lib/pgx/db.key", RunAs = "pgx" };
    private static readonly OtherRenewal Renewal = new(0, new DefinitionStore(new RenewalFolders(RenewalScope.Machine, "/r", "/s", "/l")), Definition);

    private readonly List<(EventLevel Level, string Message)> shown = [];
    private readonly List<RenewalPlan> asked = [];
    private readonly OtherOutcomes outcomes;

    public OtherOutcomesTests() => outcomes = new OtherOutcomes([Renewal], new CallLog(new Sink(shown)), (plan, _) =>
    {
        asked.Add(plan);
        return Task.FromResult(true);
    });

    [Fact]
    public async Task TakeAsync_AnOutcome_IsTheResultOfTheRenewal()
    {
        var result = new RenewalResult
        {
            Name = "x", CertificatePath = "/x", KeyPath = "/var/lib/pgx/db.key", Status = RenewalStatus.Renewed, Changed = true, ActionsPending = true, ErrorId = "ActionFailed", Message = "Renewed.",
            OldSerialNumber = "0A", SerialNumber = "0B", NotAfter = new DateTime(2030, 1, 2, 3, 4, 5, DateTimeKind.Local), NextRenewal = new DateTime(2029, 1, 2, 3, 4, 5, DateTimeKind.Local), Attempts = 2, DurationMs = 34,
        };
        Assert.Null(await TakeAsync(new AccountAnswer { Name = "db", Result = AccountResult.FromResult(result), Error = AccountError.FromError(new RenewalException("ActionFailed", "It failed.", "Fix it.")) }));
        var outcome = outcomes.For(Renewal);
        Assert.Equal(result with { Name = "db", CertificatePath = "/var/lib/pgx/db.crt" }, outcome.Result);
        Assert.Equal(("ActionFailed", "It failed.", "Fix it."), (outcome.Error!.ErrorId, outcome.Error.Message, outcome.Error.Remedy));
        Assert.True(outcome.IsElsewhere);
    }

    // A script of root that ran the command would write where the other account says.
    [Fact]
    public async Task TakeAsync_TheCommandThatRepairsThePair_IsTextOnly()
    {
        await Assert.ThrowsAsync<JsonException>(() => outcomes.TakeAsync("""{"Name":"db","Error":{"ErrorId":"KeyMismatch","Message":"m","Remedy":"r","Repair":{"Subject":"db","CertificatePath":"/etc/shadow"}}}"""u8.ToArray(), CancellationToken.None));
        var repair = new RepairCommand { Subject = "db", CertificatePath = "/etc/shadow", KeyPath = "/etc/passwd" };
        var line = new AccountAnswer { Name = "db", Error = AccountError.FromError(new RenewalException(ErrorId.KeyMismatch, "They do not match.", $"Run: {repair.Text}") { Repair = repair }) }.Render();
        Assert.Contains("-CertificatePath", line, StringComparison.Ordinal);
        await outcomes.TakeAsync(Encoding.UTF8.GetBytes(line), CancellationToken.None);
        var error = outcomes.For(Renewal).Error!;
        Assert.Equal($"Run: {repair.Text}", error.Remedy);
        Assert.Null(error.Repair);
    }

    [Fact]
    public void For_RenewalWithoutAnOutcome_IsAFailure()
    {
        var outcome = outcomes.For(Renewal);
        Assert.Equal(ErrorId.AccountRunFailed, outcome.Error!.ErrorId);
        AssertResult.Is(outcome.Result, RenewalStatus.Failed);
        Assert.Equal("db", outcome.Result.Name);
        Assert.Equal("/var/lib/pgx/db.crt", outcome.Result.CertificatePath);
    }

    [Fact]
    public async Task TakeAsync_TextWithControlCharacters_IsCleanedAndCut()
    {
        const string hostile = "\e]0;owned\a\e[2Jred\nnext\u202E\u0007";
        await TakeAsync(new AccountAnswer { Level = EventLevel.Warning, Text = hostile + new string('x', 100_000) });
        await TakeAsync(new AccountAnswer { Text = hostile, Action = hostile });
        await TakeAsync(new AccountAnswer { Name = "db", Result = new AccountResult { Status = RenewalStatus.Failed, Message = hostile, KeyPath = hostile }, Error = new AccountError("Unexpected", hostile, hostile) });
        await TakeAsync(new AccountAnswer { Error = new AccountError("ActionFailed", hostile, "") });
        var outcome = outcomes.For(Renewal);
        string[] texts =
        [
            shown[0].Message, asked[0].CertificatePath, asked[0].Action, outcome.Result!.Message, outcome.Result.KeyPath!, outcome.Error!.Message, outcome.Error.Remedy,
            outcomes.ActionErrors[0].Message, outcomes.ActionErrors[0].Remedy,
        ];
        Assert.All(texts, text => Assert.DoesNotContain(text, one => char.IsControl(one) || one == '\u202E'));
        Assert.All(texts, text => Assert.InRange(text.Length, 1, 4200));
        Assert.StartsWith("red next", shown[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("hello")]
    [InlineData("{\"Name\":\"db\"}")]
    [InlineData("{\"Name\":\"web\",\"Result\":{\"Status\":\"Renewed\",\"Message\":\"\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Great\",\"Message\":\"\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Renewed\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Renewed\",\"Message\":\"\",\"CertificatePath\":\"/etc/shadow\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Renewed\",\"Message\":\"\",\"SerialNumber\":\"0x\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Renewed\",\"Message\":\"\",\"ErrorId\":\"a b\"}}")]
    [InlineData("{\"Name\":\"db\",\"Error\":{\"ErrorId\":\"\",\"Message\":\"m\",\"Remedy\":\"r\"}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":\"Renewed\",\"Message\":null}}")]
    [InlineData("{\"Name\":\"db\",\"Result\":{\"Status\":null,\"Message\":\"\"}}")]
    [InlineData("{\"Name\":\"db\",\"Error\":{\"ErrorId\":\"X\"}}")]
    [InlineData("{\"Error\":{\"ErrorId\":\"X\",\"Message\":\"m\"}}")]
    [InlineData("{\"Error\":{\"ErrorId\":null,\"Message\":\"m\",\"Remedy\":\"r\"}}")]
    [InlineData("{\"Level\":99,\"Text\":\"x\"}")]
    [InlineData("{\"IsEnd\":true,\"Name\":\"db\",\"More\":1}")]
    [InlineData("{\"Action\":\"x\"}")]
    public async Task TakeAsync_UnexpectedLine_IsRefused(string line) =>
        await Assert.ThrowsAsync<JsonException>(() => outcomes.TakeAsync(Encoding.UTF8.GetBytes(line), CancellationToken.None));

    [Fact]
    public async Task TakeAsync_ASecondOutcomeOfARenewal_IsRefused()
    {
        var answer = new AccountAnswer { Name = "db", Result = new AccountResult { Status = RenewalStatus.NotDue, Message = "" } };
        await TakeAsync(answer);
        await Assert.ThrowsAsync<JsonException>(() => TakeAsync(answer));
    }

    // The next cmdlet of a pipeline of root could change the certificate that is named.
    [Theory]
    [InlineData("/var/lib/pgx/db.crt", true)]
    [InlineData("/var/lib/pgx/sub/db.crt", true)]
    [InlineData("/var/lib/pgx2/db.crt", false)]
    [InlineData("/etc/ssl/root.crt", false)]
    [InlineData("/var/lib/pgx/../root.crt", false)]
    [InlineData("db.crt", false)]
    [InlineData(null, false)]
    public async Task TakeAsync_CertificateOfAFolder_IsInTheFolder(string? path, bool isTaken)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are paths of Unix.");
        var taker = OfFolder(out _);
        Task TakeOneAsync() => taker.TakeAsync(Encoding.ASCII.GetBytes(OneOf(path).Render()), CancellationToken.None);
        if (isTaken)
            await TakeOneAsync();
        else
            await Assert.ThrowsAsync<JsonException>(TakeOneAsync);
    }

    [Fact]
    public async Task TakeAsync_EndlessCertificates_AreRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "These are paths of Unix.");
        var taker = OfFolder(out var renewal);
        // One more is the error that there are too many.
        for (var count = 0; count <= CertificateSet.MostCertificates; count++)
            await taker.TakeAsync(Encoding.ASCII.GetBytes(OneOf($"/var/lib/pgx/{count}.crt").Render()), CancellationToken.None);
        Assert.Equal(CertificateSet.MostCertificates + 1, taker.For(renewal).Runs.Count);
        await Assert.ThrowsAsync<JsonException>(() => taker.TakeAsync(Encoding.ASCII.GetBytes(OneOf("/var/lib/pgx/more.crt").Render()), CancellationToken.None));
    }

    [Fact]
    public async Task TakeAsync_EndlessFailuresOfActions_AreRefused() => await Assert.ThrowsAsync<JsonException>(async () =>
    {
        for (var count = 0; count < 1000; count++)
            await TakeAsync(new AccountAnswer { Error = new AccountError("ActionFailed", "x", "y") });
    });

    [Fact]
    public async Task TakeAsync_AQuestion_IsAnswered()
    {
        Assert.True(await TakeAsync(new AccountAnswer { Text = "/c", Action = "Renew" }));
        Assert.Equal([new RenewalPlan("/c", "Renew")], asked);
        Assert.False(outcomes.HasEnded);
        Assert.Null(await TakeAsync(new AccountAnswer { IsEnd = true }));
        Assert.True(outcomes.HasEnded);
    }

    [Fact]
    public void For_RunWithAFailure_IsThatFailure()
    {
        outcomes.Failure = new RenewalException(ErrorId.InsecureDefinition, "m", "r");
        Assert.Equal(ErrorId.InsecureDefinition, outcomes.For(Renewal).Error!.ErrorId);
        Assert.NotNull(new OtherOutcomes([Renewal], NullLogger.Instance, (_, _) => Task.FromResult(false)).For(Renewal).Result);
    }

    private static AccountAnswer OneOf(string? path) => new() { Name = "db", Result = new AccountResult { Status = RenewalStatus.NotDue, Message = "", Name = "db/one", CertificatePath = path } };

    private static OtherOutcomes OfFolder(out OtherRenewal renewal)
    {
        renewal = Renewal with { Definition = Definition with { CertificatePath = string.Empty, KeyPath = null, Certificates = new CertificateSet { Path = "/var/lib/pgx" } } };
        return new OtherOutcomes([renewal], NullLogger.Instance, (_, _) => Task.FromResult(true));
    }

    private Task<bool?> TakeAsync(AccountAnswer answer) => outcomes.TakeAsync(Encoding.ASCII.GetBytes(answer.Render()), CancellationToken.None);

    private sealed class Sink(List<(EventLevel, string)> shown) : IEventSink
    {
        public bool Shows(EventLevel level) => true;

        public void Show(EventLevel level, string message) => shown.Add((level, message));
    }
}
