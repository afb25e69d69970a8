using System.Text;
using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Unit.Ca.Configuration;

public sealed class CaSettingsResolverTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly FakeEnvironment environment = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Resolve_DefaultsOnly_UsesThem()
    {
        WriteDefaults(string.Empty, "defaults");
        Assert.Equal(new CaSettings(new Uri("https://defaults.example"), Full("/defaults/root.crt"), "defau175"), Resolve());
    }

    [Fact]
    public void Resolve_Environment_OverridesDefaults()
    {
        WriteDefaults(string.Empty, "defaults");
        (environment["STEP_CA_URL"], environment["STEP_ROOT"], environment["STEP_FINGERPRINT"]) = ("https://environment.example", "/environment/root.crt", "AB:CD");
        Assert.Equal(new CaSettings(new Uri("https://environment.example"), Full("/environment/root.crt"), "abcd"), Resolve());
    }

    [Fact]
    public void Resolve_Parameter_OverridesAll()
    {
        WriteDefaults(string.Empty, "defaults");
        (environment["STEP_CA_URL"], environment["STEP_ROOT"]) = ("https://environment.example", "/environment/root.crt");
        var settings = Resolve(new CaOptions { CaUrl = "https://parameter.example", RootPath = "/parameter/root.crt" });
        Assert.Equal(new CaSettings(new Uri("https://parameter.example"), Full("/parameter/root.crt"), null), settings);
    }

    [Fact]
    public void Resolve_RootParameter_IgnoresTheFilesFingerprint()
    {
        WriteDefaults(string.Empty, "defaults");
        Assert.Null(Resolve(new CaOptions { RootPath = "/other.crt" }).Fingerprint);
        environment["STEP_FINGERPRINT"] = "ff";
        Assert.Equal("ff", Resolve(new CaOptions { RootPath = "/other.crt" }).Fingerprint);
    }

    [Fact]
    public void Resolve_NoRoot_UsesStepsDefaultPath()
    {
        folder.Write("config.json", "{}");
        Assert.Equal(folder.At(Path.Combine("certs", "root_ca.crt")), Resolve(new CaOptions { CaUrl = "ca.example" }).RootPath);
    }

    [Fact]
    public void Resolve_CurrentContext_ProfileOverridesAuthority()
    {
        WriteDefaults(string.Empty, "plain");
        WriteDefaults("authorities/auth", "authority");
        WriteDefaults("profiles/prof", "profile", onlyUrl: true);
        folder.Write("contexts.json", """{"here":{"profile":"prof","authority":"auth"}}""");
        folder.Write("current-context.json", """{"context":"here"}""");
        Assert.Equal(new CaSettings(new Uri("https://profile.example"), Full("/authority/root.crt"), "autho175"), Resolve());
    }

    // The authority's fingerprint is that of the authority's root.
    [Theory]
    [InlineData("""{"root":"/own/root.crt"}""", "/own/root.crt", null)]
    [InlineData("""{"root":"/own/root.crt","fingerprint":"ab"}""", "/own/root.crt", "ab")]
    [InlineData("""{"fingerprint":"ab"}""", "/authority/root.crt", "ab")]
    [InlineData("""{"ca-url":"ca"}""", "/authority/root.crt", "autho175")]
    public void Resolve_ProfileWithItsOwnRoot_IgnoresTheAuthoritysFingerprint(string profile, string root, string? fingerprint)
    {
        WriteDefaults("authorities/auth", "authority");
        WriteFile("profiles/prof/config/defaults.json", Encoding.UTF8.GetBytes(profile));
        folder.Write("contexts.json", """{"here":{"profile":"prof","authority":"auth"}}""");
        var settings = Resolve(new CaOptions { Context = "here" });
        Assert.Equal(Full(root), settings.RootPath);
        Assert.Equal(fingerprint, settings.Fingerprint);
    }

    [Fact]
    public void Resolve_OnlyOneContext_IsUsed()
    {
        WriteDefaults(string.Empty, "plain");
        WriteDefaults("authorities/auth", "authority");
        folder.Write("contexts.json", """{"here":{"profile":"prof","authority":"auth"}}""");
        Assert.Equal("https://authority.example/", Resolve().Url.AbsoluteUri);
        // step asks the user; here there may be no user.
        folder.Write("contexts.json", """{"here":{"authority":"auth"},"there":{"authority":"auth"}}""");
        Assert.Equal("https://plain.example/", Resolve().Url.AbsoluteUri);
        folder.Write("contexts.json", "{}");
        Assert.Equal("https://plain.example/", Resolve().Url.AbsoluteUri);
    }

    // Go ignores the case of these keys, but not of the names of contexts and flags.
    [Fact]
    public void Resolve_KeysInAnotherCase_AreTheSame()
    {
        WriteDefaults("authorities/Auth", "authority");
        folder.Write("contexts.json", """{"Here":{"Profile":"prof","AUTHORITY":"Auth"}}""");
        folder.Write("current-context.json", """{"Context":"Here"}""");
        Assert.Equal("https://authority.example/", Resolve().Url.AbsoluteUri);
        Expect.Failure(ErrorId.ContextNotFound, () => Resolve(new CaOptions { Context = "here" }));
    }

    // PowerShell's cd does not change the folder of the process.
    [Fact]
    public void Resolve_RelativePaths_AreRelativeToTheWorkingFolder()
    {
        WriteFile("step/config/defaults.json", """{"ca-url":"ca"}"""u8);
        (environment["STEPPATH"], environment["STEP_ROOT"]) = ("step", "roots/a.crt");
        var settings = CaSettingsResolver.Resolve(new CaOptions { WorkingFolder = folder.Path }, environment.Get);
        Assert.Equal("ca", settings.Host);
        Assert.Equal(folder.At(Path.Combine("roots", "a.crt")), settings.RootPath);
        environment["STEP_ROOT"] = "roots/a.crt, /b.crt";
        Assert.Equal(folder.At(Path.Combine("roots", "a.crt")) + "," + Path.GetFullPath("/b.crt", folder.Path), CaSettingsResolver.Resolve(new CaOptions { WorkingFolder = folder.Path }, environment.Get).RootPath);
        environment.Remove("STEP_ROOT");
        Assert.Equal(folder.At(Path.Combine("step", "certs", "root_ca.crt")), CaSettingsResolver.Resolve(new CaOptions { WorkingFolder = folder.Path }, environment.Get).RootPath);
    }

    [Fact]
    public void Resolve_NamedContext_OverridesEnvironmentAndCurrentOne()
    {
        foreach (var name in new[] { "one", "two", "three" })
            WriteDefaults($"authorities/{name}", name);
        folder.Write("contexts.json", """{"one":{},"two":{"authority":"two"},"three":{"profile":""}}""");
        folder.Write("current-context.json", """{"context":"one"}""");
        Assert.Equal("https://one.example/", Resolve().Url.AbsoluteUri);
        environment["STEP_CONTEXT"] = "two";
        Assert.Equal("https://two.example/", Resolve().Url.AbsoluteUri);
        Assert.Equal("https://three.example/", Resolve(new CaOptions { Context = "three" }).Url.AbsoluteUri);
    }

    [Fact]
    public void Resolve_ContextWithoutDefaultsRoot_UsesTheAuthoritysDefaultPath()
    {
        folder.Write("contexts.json", """{"here":{"authority":"auth"}}""");
        var settings = Resolve(new CaOptions { Context = "here", CaUrl = "ca.example" });
        Assert.Equal(folder.At(Path.Combine("authorities", "auth", "certs", "root_ca.crt")), settings.RootPath);
    }

    [Fact]
    public void Resolve_UnknownContext_ListsTheContexts()
    {
        folder.Write("contexts.json", """{"here":{},"there":{}}""");
        var e = Expect.Failure(ErrorId.ContextNotFound, () => Resolve(new CaOptions { Context = "elsewhere" }));
        Assert.Contains("'here', 'there'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_ContextWithoutContextsFile_IsNotFound() => Expect.Failure(ErrorId.ContextNotFound, () => Resolve(new CaOptions { Context = "x" }));

    [Fact]
    public void Resolve_StepPathFromEnvironment_IsUsed()
    {
        WriteDefaults(string.Empty, "defaults");
        environment["STEPPATH"] = folder.Path;
        Assert.Equal("https://defaults.example/", CaSettingsResolver.Resolve(new CaOptions(), environment.Get).Url.AbsoluteUri);
    }

    [Fact]
    public void Resolve_NothingConfigured_NamesTheFiles()
    {
        var e = Expect.Failure(ErrorId.CaUrlMissing, () => Resolve());
        Assert.Contains(folder.At(Path.Combine("config", "defaults.json")), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_EmptyUrlInDefaults_IsMissing()
    {
        WriteFile("config/defaults.json", """{"ca-url":""}"""u8);
        Expect.Failure(ErrorId.CaUrlMissing, () => Resolve());
    }

    [Fact]
    public void Resolve_UnknownAndOtherTypedValues_AreIgnored()
    {
        WriteFile("config/defaults.json", """{"ca-url":"ca.example","root":7,"fingerprint":null,"x":{"y":[]}, /* comment */ "z":true,}"""u8);
        Assert.Equal(new CaSettings(new Uri("https://ca.example"), folder.At(Path.Combine("certs", "root_ca.crt")), null), Resolve());
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Resolve_ByteOrderMark_IsAccepted(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        WriteFile("config/defaults.json", [.. encoding.Preamble, .. encoding.GetBytes("""{"ca-url":"ca.example"}""")]);
        Assert.Equal("ca.example", Resolve().Url.Host);
    }

    [Theory]
    [InlineData("""{"ca-url":"https://ca""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData(" ")]
    [InlineData("ca-url: https://ca")]
    [InlineData("<html>")]
    [InlineData("""{"ca-url":"\ud800"}""")]
    [InlineData("""{"\ud800":"x"}""")]
    public void Resolve_DamagedDefaults_NamesTheFile(string json)
    {
        WriteFile("config/defaults.json", Encoding.UTF8.GetBytes(json));
        var e = Expect.Failure(ErrorId.StepConfigInvalid, () => Resolve());
        Assert.Contains("defaults.json", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("contexts.json", "[]")]
    [InlineData("contexts.json", "{")]
    [InlineData("contexts.json", """{"here":{"authority":"\udc00"}}""")]
    [InlineData("current-context.json", "here")]
    [InlineData("current-context.json", """{"context":"\ud800"}""")]
    public void Resolve_DamagedContexts_NamesTheFile(string file, string json)
    {
        folder.Write("contexts.json", """{"here":{}}""");
        folder.Write("current-context.json", """{"context":"here"}""");
        folder.Write(file, json);
        var e = Expect.Failure(ErrorId.StepConfigInvalid, () => Resolve());
        Assert.Contains(file, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_EmptyDefaultsFile_IsNamed()
    {
        WriteFile("config/defaults.json", []);
        var e = Expect.Failure(ErrorId.FileEmpty, () => Resolve());
        Assert.Contains("defaults.json", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromProcess_EmptyVariable_IsAbsent()
    {
        Environment.SetEnvironmentVariable("STEPCARENEW_TEST_EMPTY", " ");
        Assert.Equal(" ", CaSettingsResolver.FromProcess("STEPCARENEW_TEST_EMPTY"));
        Assert.Null(CaSettingsResolver.FromProcess("STEPCARENEW_TEST_NONE"));
    }

    // On Windows a path without a drive is on the current drive.
    private static string Full(string path) => Path.GetFullPath(path);

    private CaSettings Resolve(CaOptions? options = null) =>
        CaSettingsResolver.Resolve((options ?? new CaOptions()) with { StepPath = folder.Path }, environment.Get);

    private void WriteDefaults(string below, string name, bool onlyUrl = false) => WriteFile(
        Path.Combine(below, "config", "defaults.json"),
        Encoding.UTF8.GetBytes(onlyUrl
            ? $$"""{"ca-url":"https://{{name}}.example"}"""
            : $$"""{"ca-url":"https://{{name}}.example","root":"/{{name}}/root.crt","fingerprint":"{{(name + "xxxxx")[..5]}}175"}"""));

    private void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(path))!);
        folder.Write(path, content.ToArray());
    }
}
