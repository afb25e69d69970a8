using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Unit.Ca.Configuration;

public sealed class StepParametersTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly FakeEnvironment environment = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_NothingConfigured_IsNull() => Assert.Equal(new StepParameters(null, null), Read());

    [Fact]
    public void Read_Defaults_AreUsed()
    {
        Write("config/defaults.json", """{"ca-url":"ca","expires-in":"8h","password-file":"/secrets/key.txt"}""");
        Assert.Equal(new StepParameters(Full("/secrets/key.txt"), TimeSpan.FromHours(8)), Read());
    }

    [Fact]
    public void Read_Environment_OverridesDefaults()
    {
        Write("config/defaults.json", """{"expires-in":"8h","password-file":"/secrets/key.txt"}""");
        (environment["STEP_EXPIRES_IN"], environment["STEP_PASSWORD_FILE"]) = ("90m", "/other.txt");
        Assert.Equal(new StepParameters(Full("/other.txt"), TimeSpan.FromMinutes(90)), Read());
    }

    [Fact]
    public void Read_Profile_OverridesItsAuthority()
    {
        Write("contexts.json", """{"only":{"authority":"a","profile":"p"}}""");
        Write("authorities/a/config/defaults.json", """{"expires-in":"8h","password-file":"/authority.txt"}""");
        Write("profiles/p/config/defaults.json", """{"expires-in":"2h"}""");
        Assert.Equal(new StepParameters(Full("/authority.txt"), TimeSpan.FromHours(2)), Read());
    }

    [Fact]
    public void Read_RelativePasswordFile_IsRelativeToTheWorkingFolder()
    {
        environment["STEP_PASSWORD_FILE"] = "key.txt";
        var read = StepParameters.Read(new CaOptions { StepPath = folder.Path, WorkingFolder = folder.Path }, environment.Get);
        Assert.Equal(folder.At("key.txt"), read.PasswordFile);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("0h")]
    public void Read_ZeroExpiresIn_IsNotConfigured(string text)
    {
        environment["STEP_EXPIRES_IN"] = text;
        Assert.Null(Read().ExpiresIn);
    }

    [Theory]
    [InlineData("STEP_EXPIRES_IN")]
    [InlineData("expires-in in defaults.json")]
    public void Read_NotADuration_IsAnErrorThatNamesItsSource(string source)
    {
        if (source == "STEP_EXPIRES_IN")
            environment[source] = "8";
        else
            Write("config/defaults.json", """{"expires-in":"8"}""");
        Assert.StartsWith(source, Expect.Failure(ErrorId.InvalidDuration, () => Read()).Message, StringComparison.Ordinal);
    }

    // It is reported when the CA is asked; a certificate that is not due needs no CA.
    [Theory]
    [InlineData("""{"expires-in":"8h" """)]
    [InlineData("")]
    public void Read_DamagedDefaults_AreIgnored(string json)
    {
        Write("config/defaults.json", json);
        Assert.Equal(new StepParameters(null, null), Read());
    }

    // On Windows a path without a drive is on the current drive.
    private static string Full(string path) => Path.GetFullPath(path);

    private StepParameters Read() => StepParameters.Read(new CaOptions { StepPath = folder.Path }, environment.Get);

    private void Write(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.At(path))!);
        folder.Write(path, content);
    }
}
