using System.Text.Json.Nodes;
using StepCaRenew.Ca;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Ca.Trust;
using StepCaRenew.DevCa.Faults;
using StepCaRenew.FileSystem;
using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Engine;

/// <summary>The step configuration for a CA that is known by the fingerprint of its root.</summary>
public sealed class BootstrapTests(FaultyCa shared) : IClassFixture<FaultyCa>, IDisposable
{
    private readonly TestFolder folder = new();
    private readonly DevTestCa faulty = shared.Healthy();

    private string Step => folder.At("step");

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(TestCas.AllGenerations), MemberType = typeof(TestCas))]
    public async Task EmptyFolder_GetsTheLayoutOfStep(CaKind kind)
    {
        var ca = await TestCas.GetAsync(kind);
        var context = await RunAsync(ca);
        var (root, defaults) = (Path.Combine(Step, "certs", "root_ca.crt"), Path.Combine(Step, "config", "defaults.json"));
        Assert.Equal((root, defaults, null, true, false), (context.RootPath, context.ConfigurationPath, context.Context, context.Changed, context.RootInstalled));
        Assert.Equal((Address(ca), ca.Fingerprint, TrustOf(ca).All[0].Subject), (context.CaUrl, context.Fingerprint, context.Subject));
        Assert.Equal(["certs", "certs/root_ca.crt", "config", "config/defaults.json"], Files());
        Assert.Equal(new JsonObject { ["ca-url"] = Address(ca), ["fingerprint"] = ca.Fingerprint, ["root"] = root }.ToJsonString(), Read(defaults).ToJsonString());
        await AnswersAsync(new() { StepPath = Step });
        if (!OperatingSystem.IsWindows())
            Assert.Equal(((UnixFileMode)0x180, (UnixFileMode)0x1A4, (UnixFileMode)0x1C0), (File.GetUnixFileMode(root), File.GetUnixFileMode(defaults), File.GetUnixFileMode(Step)));

        Assert.False((await RunAsync(ca)).Changed);
    }

    [Fact]
    public async Task Contexts_AreAddedAndSelected()
    {
        Assert.Equal("one", (await RunAsync(faulty, context: "one")).Context);
        Assert.Equal(
            ["authorities", "authorities/one", "authorities/one/certs", "authorities/one/certs/root_ca.crt", "authorities/one/config", "authorities/one/config/defaults.json",
                "contexts.json", "current-context.json", "profiles", "profiles/one", "profiles/one/config", "profiles/one/config/defaults.json"],
            Files());
        // The folder has contexts now, so that one without a name is that of the host.
        var second = await RunAsync(faulty);
        Assert.Equal("127.0.0.1", second.Context);
        Assert.Equal("""{"one":{"profile":"one","authority":"one"},"127.0.0.1":{"profile":"127.0.0.1","authority":"127.0.0.1"}}""", Read(At("contexts.json")).ToJsonString());
        Assert.Equal("""{"context":"127.0.0.1"}""", Read(At("current-context.json")).ToJsonString());
        await AnswersAsync(new() { StepPath = Step });
        await AnswersAsync(new() { StepPath = Step, Context = "one" });
        if (!OperatingSystem.IsWindows())
            Assert.Equal(((UnixFileMode)0x180, (UnixFileMode)0x1A4, (UnixFileMode)0x180), (File.GetUnixFileMode(At("contexts.json")), File.GetUnixFileMode(At("current-context.json")), File.GetUnixFileMode(At("profiles/one/config/defaults.json"))));
    }

    [Fact]
    public async Task ExistingFiles_KeepTheirOtherMembers()
    {
        Write("contexts.json", """{"mine":{"profile":"p","authority":"a","note":1},"other":{"profile":"o","authority":"o"}}""");
        Write("current-context.json", """{"context":"other","since":"today"}""");
        Write("authorities/a/config/defaults.json", "{ // A comment.\n \"redirect-url\":\"https://r\",\"ca-url\":\"\", \"provisioner\":\"admin\",}");
        Write("profiles/p/config/defaults.json", """{"expires-in":"8h"}""");
        var context = await RunAsync(faulty, context: "mine");
        Assert.Equal(At("authorities/a/certs/root_ca.crt"), context.RootPath);
        Assert.Equal("""{"mine":{"profile":"p","authority":"a","note":1},"other":{"profile":"o","authority":"o"}}""", Read(At("contexts.json")).ToJsonString());
        Assert.Equal("""{"context":"mine","since":"today"}""", Read(At("current-context.json")).ToJsonString());
        var defaults = Read(At("authorities/a/config/defaults.json"));
        Assert.Equal(("https://r", "admin", Address(faulty)), ((string?)defaults["redirect-url"], (string?)defaults["provisioner"], (string?)defaults["ca-url"]));
        Assert.Equal("""{"expires-in":"8h"}""", File.ReadAllText(At("profiles/p/config/defaults.json")));
    }

    [Theory]
    [InlineData("""{"ca-url":"https://user:secret@other.example"}""", "https://other.example")]
    [InlineData("""{"ca-url":"http://other.example"}""", "not a valid address")]
    [InlineData("""{"fingerprint":"abcd"}""", "abcd")]
    [InlineData("""{"root":"/other.crt"}""", "/other.crt")]
    public async Task OtherConfiguration_IsReplacedOnlyByForce(string defaults, string shown)
    {
        Write("config/defaults.json", defaults);
        var e = await FailsAsync(ErrorId.ContextExists, faulty, faulty.Fingerprint);
        Assert.Contains(shown, e.Message, StringComparison.Ordinal);
        Expect.NoSecret("secret", e);
        Assert.True((await RunAsync(faulty, isForced: true)).Changed);
        await AnswersAsync(new() { StepPath = Step });
    }

    [Fact]
    public async Task OtherRootFile_IsReplacedOnlyByForce()
    {
        await RunAsync(faulty);
        File.AppendAllText(At("certs/root_ca.crt"), TestAuthority.Default.Root.ExportCertificatePem());
        await FailsAsync(ErrorId.ContextExists, faulty, faulty.Fingerprint);
        File.WriteAllText(At("certs/root_ca.crt"), "damaged");
        await FailsAsync(ErrorId.ContextExists, faulty, faulty.Fingerprint);
        Assert.True((await RunAsync(faulty, isForced: true)).Changed);
        await AnswersAsync(new() { StepPath = Step });
    }

    [Theory]
    [InlineData("config/defaults.json", "{ broken")]
    [InlineData("config/defaults.json", "[]")]
    [InlineData("config/defaults.json", """{"a":1,"a":2}""")]
    [InlineData("contexts.json", "{ broken")]
    public async Task FileThatCannotBeRead_IsNotReplacedEvenByForce(string file, string content)
    {
        Write(file, content);
        var before = Files();
        await Expect.FailureAsync(ErrorId.StepConfigInvalid, () => RunAsync(faulty, isForced: true));
        Assert.Equal(before, Files());
        Assert.Equal(content, File.ReadAllText(At(file)));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(" a")]
    [InlineData("")]
    [InlineData("a\nb")]
    public async Task NameThatCannotBeAFolder_IsRefused(string name)
    {
        await Expect.FailureAsync(ErrorId.NameInvalid, () => RunAsync(faulty, context: name));
        Assert.False(Directory.Exists(Step));
    }

    [Theory]
    [InlineData("unknown fingerprint", ErrorId.RootUnknown)]
    [InlineData("another root", ErrorId.RootFingerprintMismatch)]
    [InlineData("intermediate", ErrorId.RootNotAuthority)]
    [InlineData("server certificate", ErrorId.RootNotAuthority)]
    [InlineData("HTML", ErrorId.CaAnswerInvalid)]
    [InlineData("redirect", ErrorId.CaRedirected)]
    [InlineData("server with another root", ErrorId.CaUntrusted)]
    public async Task WhateverIsNotTheRoot_WritesNothing(string what, string errorId)
    {
        var fingerprint = await ServeAsync(what);
        await FailsAsync(errorId, faulty, fingerprint);
        Assert.False(Directory.Exists(Step));

        // Nor does -Force replace a configuration that works.
        Write("config/defaults.json", """{"ca-url":"https://other.example"}""");
        fingerprint = await ServeAsync(what);
        await FailsAsync(errorId, faulty, fingerprint, isForced: true);
        Assert.Equal("""{"ca-url":"https://other.example"}""", await File.ReadAllTextAsync(At("config/defaults.json")));
    }

    // Returns the fingerprint to ask for.
    private async Task<string> ServeAsync(string what)
    {
        using var folder = new TestFolder();
        var pair = await faulty.IssueAsync(new() { Folder = folder });
        var other = await TestCas.GetAsync(CaKind.DevCa);
        var unknown = new string('0', 64);
        return what switch
        {
            "unknown fingerprint" => unknown,
            "another root" => Serve(unknown, SentRoot(File.ReadAllText(faulty.RootPath))),
            "intermediate" => Serve(RootFingerprint.Compute(pair.Intermediate), SentRoot(pair.Intermediate.ExportCertificatePem())),
            "server certificate" => Serve(RootFingerprint.Compute(pair.Leaf), SentRoot(pair.Leaf.ExportCertificatePem())),
            "HTML" => Serve(faulty.Fingerprint, new RawFault(200, "text/html", "<html>")),
            "redirect" => Serve(faulty.Fingerprint, new RawFault(302, "text/html", "")),
            // It knows the root, but does not use it.
            _ => Serve(other.Fingerprint, SentRoot(File.ReadAllText(other.RootPath))),
        };
    }

    private string Serve(string fingerprint, RawFault answer)
    {
        faulty.Server.Faults.Add($"/root/{fingerprint}", answer);
        return fingerprint;
    }

    private static RawFault SentRoot(string pem) => new(200, "application/json", new JsonObject { ["ca"] = pem }.ToJsonString());

    private static string Address(ITestCa ca) => ca.Url.GetLeftPart(UriPartial.Authority);

    private static TrustedRoots TrustOf(ITestCa ca) => TrustedRoots.Load(new CaSettings(ca.Url, ca.RootPath, null));

    private string At(string name) => Path.Combine([Step, .. name.Split('/')]);

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
    }

    private static JsonObject Read(string path) => JsonNode.Parse(File.ReadAllText(path))!.AsObject();

    private List<string> Files() => !Directory.Exists(Step) ? []
        : [.. Directory.EnumerateFileSystemEntries(Step, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Step, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    private async Task<RenewalException> FailsAsync(string errorId, ITestCa ca, string fingerprint, bool isForced = false)
    {
        var before = Files();
        var e = await Expect.FailureAsync(errorId, () => RunAsync(ca, isForced: isForced, fingerprint: fingerprint));
        Assert.Equal(before, Files());
        return e;
    }

    private async Task<StepContext> RunAsync(ITestCa ca, string? context = null, bool isForced = false, string? fingerprint = null)
    {
        using var bootstrap = await Bootstrap.PrepareAsync(
            CaAddress.Parse(ca.Url.AbsoluteUri), fingerprint ?? ca.Fingerprint, new() { StepPath = Step, Context = context }, isForced, TimeProvider.System, _ => null, default);
        using var folders = new OpenFolders();
        return await bootstrap.CompleteAsync(new Volume(folders), store: null, default);
    }

    private static async Task AnswersAsync(CaOptions options)
    {
        var settings = CaSettingsResolver.Resolve(options, _ => null);
        using var roots = TrustedRoots.Load(settings);
        Assert.Equal("ok", await new StepCaRenew.Ca.CaClient(settings, roots, TimeProvider.System, _ => null).GetHealthAsync(default));
    }
}
