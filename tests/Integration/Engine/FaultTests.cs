using StepCaRenew.DevCa.Faults;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The CA, or what stands before it, misbehaves: one row for each way.</summary>
public sealed class FaultTests(FaultyCa shared) : EngineTest, IClassFixture<FaultyCa>
{
    private readonly DevTestCa ca = shared.Healthy();

    private static readonly Dictionary<string, RequestFault> Faults = new()
    {
        ["cut before the answer"] = new DropFault(AfterIssuing: false),
        ["cut after issuing"] = new DropFault(),
        ["cut at 0"] = new CutFault(0),
        ["cut at 1 KB"] = new CutFault(1024),
        ["cut at 2 KB"] = new CutFault(2048),
        ["cut at 3 KB"] = new CutFault(3072),
        ["slow loris"] = new SlowLorisFault(TimeSpan.FromMilliseconds(20)),
        ["never"] = new DelayFault(TimeSpan.FromMinutes(10)),
        ["429"] = new StatusFault(429),
        ["502"] = new StatusFault(502),
        ["503"] = new StatusFault(503),
        ["504"] = new StatusFault(504),
        ["500"] = new StatusFault(500),
        ["501"] = new StatusFault(501),
        ["400"] = new StatusFault(400),
        ["401"] = new StatusFault(401),
        ["403"] = new StatusFault(403),
        ["404"] = new StatusFault(404),
        ["405"] = new RawFault(405, "text/plain", ""),
        ["TLS ended before the CA"] = new RawFault(400, "application/json", """{"status":400,"message":"The request could not be completed: missing client certificate."}"""),
        ["redirect"] = new RawFault(302, "text/html", "elsewhere"),
        ["418"] = new RawFault(418, "text/plain", "I'm a teapot"),
        ["200 of a captive portal"] = new RawFault(200, "text/html", "<html>Please log in</html>"),
        ["garbage"] = RawFault.Garbage,
        ["nothing at all"] = new RawFault(201, "application/json", ""),
        ["null"] = new RawFault(201, "application/json", "null"),
        ["an array"] = new RawFault(201, "application/json", "[]"),
        ["{}"] = RawFault.EmptyObject,
        ["empty certificates"] = new RawFault(201, "application/json", """{"crt":"","ca":"","certChain":[]}"""),
        ["a chain of nulls"] = new RawFault(201, "application/json", """{"certChain":[null,null]}"""),
        ["a number for a certificate"] = new RawFault(201, "application/json", """{"crt":5}"""),
        ["words for a certificate"] = new RawFault(201, "application/json", """{"crt":"words","ca":"words"}"""),
        ["damaged PEM"] = new RawFault(201, "application/json", """{"crt":"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}"""),
        ["10 MB"] = RawFault.Huge,
        ["10 MB of an error"] = new RawFault(503, "text/html", new string('x', 10_000_000)),
        ["wrong key"] = new WrongKeyFault(),
        ["foreign root"] = new ForeignRootFault(),
        ["other names"] = DifferentIdentityFault.Sans,
        ["other subject"] = DifferentIdentityFault.Subject,
        ["shorter life"] = ValidityFault.ShorterLife,
        ["not yet valid"] = ValidityFault.NotYetValid,
        ["no longer valid"] = new ValidityFault(TimeSpan.FromHours(-2), TimeSpan.FromHours(-1)),
        ["leaf without its issuer"] = ChainFault.LeafOnly,
    };

    // Which error, and whether it is worth another attempt.
    public static TheoryData<string, string, bool> Expected { get; } = new()
    {
        { "cut before the answer", ErrorId.CaUnreachable, true },
        { "cut after issuing", ErrorId.CaUnreachable, true },
        { "cut at 0", ErrorId.CaUnreachable, true },
        { "cut at 1 KB", ErrorId.CaUnreachable, true },
        { "cut at 2 KB", ErrorId.CaUnreachable, true },
        { "cut at 3 KB", ErrorId.CaUnreachable, true },
        { "slow loris", ErrorId.CaTimeout, true },
        { "never", ErrorId.CaTimeout, true },
        { "429", ErrorId.CaBusy, true },
        { "502", ErrorId.CaFailed, true },
        { "503", ErrorId.CaFailed, true },
        { "504", ErrorId.CaFailed, true },
        { "500", ErrorId.CaFailed, false },
        { "501", ErrorId.CaFailed, false },
        { "400", ErrorId.CaBadRequest, false },
        { "401", ErrorId.RenewalRefused, false },
        { "403", ErrorId.CaForbidden, false },
        { "404", ErrorId.CaNotFound, false },
        { "405", ErrorId.CaNotFound, false },
        { "TLS ended before the CA", ErrorId.ClientCertificateMissing, false },
        { "redirect", ErrorId.CaRedirected, false },
        { "418", ErrorId.CaAnswerInvalid, false },
        { "200 of a captive portal", ErrorId.CaAnswerInvalid, false },
        { "garbage", ErrorId.CaAnswerInvalid, false },
        { "nothing at all", ErrorId.CaAnswerInvalid, false },
        { "null", ErrorId.CaAnswerInvalid, false },
        { "an array", ErrorId.CaAnswerInvalid, false },
        { "{}", ErrorId.CaAnswerInvalid, false },
        { "empty certificates", ErrorId.CaAnswerInvalid, false },
        { "a chain of nulls", ErrorId.CaAnswerInvalid, false },
        { "a number for a certificate", ErrorId.CaAnswerInvalid, false },
        { "words for a certificate", ErrorId.CaAnswerInvalid, false },
        { "damaged PEM", ErrorId.CaAnswerInvalid, false },
        { "10 MB", ErrorId.CaAnswerTooLarge, false },
        { "10 MB of an error", ErrorId.CaAnswerTooLarge, false },
        { "wrong key", ErrorId.AnswerWrongKey, false },
        { "foreign root", ErrorId.AnswerUntrusted, false },
        { "other names", ErrorId.AnswerWrongIdentity, false },
        { "other subject", ErrorId.AnswerWrongIdentity, false },
        { "shorter life", ErrorId.AnswerEndsEarlier, false },
        { "not yet valid", ErrorId.AnswerNotValidNow, false },
        { "no longer valid", ErrorId.AnswerNotValidNow, false },
        { "leaf without its issuer", ErrorId.AnswerUntrusted, false },
    };

    [Fact]
    public void EveryFault_HasItsRow() =>
        Assert.Equal(Faults.Keys.Order(StringComparer.Ordinal), Expected.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Expected))]
    public async Task Once_IsOneClearError_OrIsTriedAgain(string fault, string errorId, bool isTransient)
    {
        var pair = await IssueAsync(ca);
        LetTimeOut(errorId, times: 1);
        ca.Server.Faults.Add("/renew", Faults[fault], times: 2);

        var (result, error) = await FailsAsync(errorId, Request(ca, pair));
        Assert.Equal(1, result.Attempts);
        Assert.Equal(isTransient, error.IsTransient);

        // Half an hour of patience, which a fault that does not pass leaves unused.
        var patient = Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(30) };
        if (isTransient)
            Assert.Equal(2, (await RenewedAsync(patient)).Attempts);
        else
            AssertResult.Is((await RunAsync(patient)).Result, RenewalStatus.Failed, errorId, attempts: 1);
        Assert.Equal(0, ca.Server.Faults.Pending);

        // And no fault leaves anything behind that would disturb the next run.
        await RenewedAsync(Request(ca, pair));
    }

    [Theory]
    [InlineData("refuse", ErrorId.CaUnreachable, true)]
    [InlineData("silent", ErrorId.CaTimeout, true)]
    [InlineData("not TLS", ErrorId.TlsFailed, false)]
    public async Task Connection_IsOneClearError_OrIsTriedAgain(string fault, string errorId, bool isTransient)
    {
        var pair = await IssueAsync(ca);
        LetTimeOut(errorId, times: 2);
        ConnectionFault broken = fault switch
        {
            "refuse" => new RefuseFault(),
            "silent" => new SilentFault(TimeSpan.FromMinutes(10)),
            _ => new NotTlsFault(),
        };
        ca.Server.Faults.Add(broken);

        var (result, error) = await FailsAsync(errorId, Request(ca, pair));
        Assert.Equal(1, result.Attempts);
        Assert.Equal(isTransient, error.IsTransient);

        ca.Server.Faults.Add(broken, times: 2);
        var (again, _) = await RunAsync(Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(30) });
        AssertResult.Is(again, isTransient ? RenewalStatus.Renewed : RenewalStatus.Failed, attempts: isTransient ? 3 : 1);
        AssertNothingStaged();
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task GatewayErrors_PassAndAreRenewed(int status)
    {
        var pair = await IssueAsync(ca);
        Clock = new TestClock(speed: 4);
        ca.Server.Faults.Add("/renew", new StatusFault(status), times: 2);
        Assert.Equal(3, (await RenewedAsync(Request(ca, pair) with { RetryTimeout = TimeSpan.FromMinutes(5) })).Attempts);
        Assert.Equal(2, Log.Count(Event.Retrying));
    }

    // All was said before the line went dead.
    [Fact]
    public async Task CutAfterTheLastByte_IsACompleteAnswer()
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new CutFault(int.MaxValue));
        Assert.Equal(1, (await RenewedAsync(Request(ca, pair))).Attempts);
    }

    [Fact]
    public async Task LateAnswer_IsStillAnAnswer()
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new DelayFault(TimeSpan.FromMilliseconds(250)));
        Assert.Equal(1, (await RenewedAsync(Request(ca, pair))).Attempts);
    }

    [Fact]
    public async Task ChainInTheOldFields_IsRead()
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", ChainFault.NoCertChain);
        await RenewedAsync(Request(ca, pair));
        Assert.Equal(2, LoadPem(pair.CertificatePath).Count);
    }

    [Theory]
    [InlineData(502, ErrorId.CaFailed)]
    [InlineData(403, ErrorId.CaForbidden)]
    [InlineData(201, ErrorId.CaAnswerInvalid)]
    public async Task PageOfAProxy_IsToldByStatusTypeAndFirstLine(int status, string errorId)
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new RawFault(status, "text/html; charset=utf-8", "\r\n<html><title>Bad gateway</title>\r\n<body>more</body>"));
        var (_, error) = await FailsAsync(errorId, Request(ca, pair));
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
        Assert.Contains("text/html", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"<html><title>Bad gateway</title>\"", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("more", error.Message, StringComparison.Ordinal);
    }

    // The text of a server must not move a cursor, ring a bell, turn the writing direction round or fill the screen.
    [Theory]
    [InlineData("text/html", "\u001b[31mred\u001b]0;title\u0007\u009b2J\u202Egnp.exe\u2028next\u200b")]
    [InlineData("application/json", """{"message":"\u001b[31mred\u0007\u202Egnp.exe\u2028next\u009b2J"}""")]
    [InlineData("application/json", """{"detail":"\u001b]8;;http://evil\u0007\u2066x"}""")]
    public async Task ControlCharacters_AreNotRepeated(string type, string body)
    {
        var pair = await IssueAsync(ca);
        ca.Server.Faults.Add("/renew", new RawFault(403, type, body));
        var (_, error) = await FailsAsync(ErrorId.CaForbidden, Request(ca, pair));
        Assert.DoesNotContain(error.Message, Unprintable);
        Assert.DoesNotContain(Log.Events.Single(one => one.Id == Event.Failed).Message, Unprintable);
    }

    [Theory]
    [InlineData("text/html", "")]
    [InlineData("application/json", """{"message":"x"}""")]
    public async Task LongWords_AreCutShort(string type, string body)
    {
        var pair = await IssueAsync(ca);
        body = body.Length == 0 ? new string('x', 100_000) : body.Replace("x", new string('x', 100_000), StringComparison.Ordinal);
        ca.Server.Faults.Add("/renew", new RawFault(403, type, body));
        var (_, error) = await FailsAsync(ErrorId.CaForbidden, Request(ca, pair));
        Assert.InRange(error.Message.Length, 200, 400);
    }

    /// <summary>Lets half a minute pass at once, until as many attempts have failed by it.</summary>
    private void LetTimeOut(string errorId, int times)
    {
        if (errorId != ErrorId.CaTimeout)
            return;
        var clock = new TestClock(speed: 60);
        Clock = clock;
        Log.OnEvent = id => clock.Speed = id == Event.Retrying && Log.Count(Event.Retrying) == times ? 1 : clock.Speed;
    }

    private static bool Unprintable(char one) => char.GetUnicodeCategory(one) is System.Globalization.UnicodeCategory.Control
        or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator;
}
