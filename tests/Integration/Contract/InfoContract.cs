using System.Net;
using StepCaRenew.DevCa.Pki;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

/// <summary>The endpoints without authentication, and unknown paths.</summary>
public abstract class InfoContract(CaKind kind) : CaContract(kind)
{
    private const string NotFound = "The requested resource could not be found. Please see the certificate authority logs for more info.";

    [Theory]
    [InlineData("/health")]
    [InlineData("/1.0/health")]
    public async Task Health_Is200Ok(string path)
    {
        var answer = await GetAsync(await CaAsync(), path);
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.MediaType);
        Assert.Equal("""{"status":"ok"}""", answer.Text.Trim());
    }

    [Fact]
    public async Task Version_NamesIt()
    {
        var answer = await GetAsync(await CaAsync(), "/version");
        Assert.Equal($$"""{"version":"{{ByGeneration("0.19.0", "0.30.2")}}"}""", answer.Text.Trim());
    }

    [Theory]
    [InlineData("/roots")]
    [InlineData("/federation")]
    [InlineData("/1.0/roots")]
    public async Task Roots_Is201WithTheRoot(string path)
    {
        var ca = await CaAsync();
        var answer = await GetAsync(ca, path);
        Assert.Equal(201, answer.Status);
        Assert.Equal(await File.ReadAllTextAsync(ca.RootPath), (string?)Assert.Single(answer.Json["crts"]!.AsArray()));
    }

    [Fact]
    public async Task RootsPem_IsTheRootInPem()
    {
        var ca = await CaAsync();
        var answer = await GetAsync(ca, "/roots.pem");
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/x-pem-file", answer.MediaType);
        Assert.Equal(await File.ReadAllTextAsync(ca.RootPath), answer.Text);
    }

    [Fact]
    public async Task Root_IsFoundByItsFingerprint_InAnyCase()
    {
        var ca = await CaAsync();
        foreach (var fingerprint in new[] { ca.Fingerprint, ca.Fingerprint.ToUpperInvariant() })
        {
            var answer = await GetAsync(ca, $"/root/{fingerprint}");
            Assert.Equal(200, answer.Status);
            Assert.Equal(await File.ReadAllTextAsync(ca.RootPath), (string?)answer.Json["ca"]);
        }
    }

    [Fact]
    public async Task UnknownRoot_Is404Json() => (await GetAsync(await CaAsync(), "/root/01-23456789ABCDEF"))
        .AssertRefused(404, ByGeneration(NotFound, "root certificate with fingerprint \"0123456789abcdef\" was not found"));

    [Fact]
    public async Task UnknownProvisioner_Is404Json() => (await GetAsync(await CaAsync(), "/provisioners/unknown/encrypted-key")).AssertRefused(404, NotFound);

    [Theory]
    [InlineData("/intermediates")]
    [InlineData("/1.0/intermediates")]
    public async Task Intermediates_AreServedByNewerServersOnly(string path)
    {
        var ca = await CaAsync();
        var answer = await GetAsync(ca, path);
        Assert.Equal(ByGeneration(404, 201), answer.Status);
        if (answer.Status == 201)
            Assert.Equal(PemFiles.Pem((await IssueAsync(ca)).Intermediate), (string?)Assert.Single(answer.Json["crts"]!.AsArray()));
        else
            AssertNoPage(answer);
    }

    [Fact]
    public async Task IntermediatesPem_IsServedByNewerServersOnly()
    {
        var ca = await CaAsync();
        var answer = await GetAsync(ca, "/intermediates.pem");
        if (!ByGeneration(false, true))
        {
            AssertNoPage(answer);
            return;
        }

        Assert.Equal("application/x-pem-file", answer.MediaType);
        Assert.Equal(PemFiles.Pem((await IssueAsync(ca)).Intermediate), answer.Text);
    }

    [Fact]
    public async Task Crl_IsJsonOnNewerServers_EvenIfThereIsNone()
    {
        var answer = await GetAsync(await CaAsync(), "/crl");
        Assert.Equal(404, answer.Status);
        Assert.Equal(ByGeneration("text/plain", "application/json"), answer.MediaType);
        if (answer.MediaType == "application/json")
            answer.AssertRefused(404, "The certificate authority received an unexpected HTTP status code - '404'. Please see the certificate authority logs for more info.");
    }

    [Fact]
    public async Task RequestId_IsOnEveryAnswerOfNewerServers_AndAGivenOneIsReturned()
    {
        var ca = await CaAsync();
        var answers = new[] { await GetAsync(ca, "/health"), await GetAsync(ca, "/nowhere"), await GetAsync(ca, "/renew"), await PostAsync(ca, "/renew"), await PostAsync(ca, "/sign", "nonsense") };
        Assert.Equal([200, 404, 405, 400, 400], answers.Select(answer => answer.Status));
        Assert.All(answers, answer => Assert.Equal(ByGeneration(false, true), Guid.TryParseExact(answer.RequestId, "D", out _)));
        Assert.Equal(ByGeneration(1, answers.Length), answers.Select(answer => answer.RequestId).Distinct().Count());
        var given = await CaAnswer.SendAsync(ca, HttpMethod.Get, "/health", requestId: "mine 1");
        Assert.Equal(ByGeneration(null, "mine 1"), given.RequestId);
    }

    [Fact]
    public async Task UnknownPath_Is404Text()
    {
        var answer = await GetAsync(await CaAsync(), "/nowhere");
        Assert.Equal(404, answer.Status);
        AssertNoPage(answer);
    }

    [Fact]
    public async Task WrongMethod_Is405Empty()
    {
        var ca = await CaAsync();
        var get = await GetAsync(ca, "/renew");
        Assert.Equal(405, get.Status);
        Assert.Equal("", get.Text);
        var post = await PostAsync(ca, "/health");
        Assert.Equal(405, post.Status);
        Assert.Equal("", post.Text);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task BothHttpVersions_AreSpoken(string version)
    {
        var answer = await CaAnswer.SendAsync(await CaAsync(), HttpMethod.Get, "/health", version: new Version(version));
        Assert.Equal(200, answer.Status);
        Assert.Equal(new Version(version), answer.HttpVersion);
    }

    [Fact]
    public async Task Requests_AreCounted()
    {
        await using var ca = await TestCas.StartAsync(Kind, new());
        await GetAsync(ca, "/health");
        await GetAsync(ca, "/1.0/health");
        await PostAsync(ca, "/renew");
        Assert.Equal(2, ca.RequestCount("/health"));
        Assert.Equal(1, ca.RequestCount("/renew"));
        Assert.Equal(0, ca.RequestCount("/rekey"));
    }

    private static void AssertNoPage(CaAnswer answer)
    {
        Assert.Equal("text/plain", answer.MediaType);
        Assert.Equal("404 page not found\n", answer.Text);
    }
}
