using StepCaRenew.Ca.Configuration;

namespace StepCaRenew.Unit.Ca.Configuration;

public sealed class ProvisionerParametersTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_NothingConfigured_IsNull() => Assert.Equal(new ProvisionerParameters(null, null), Read());

    [Fact]
    public void Read_Defaults_AreUsed()
    {
        Directory.CreateDirectory(Path.Combine(folder, "config"));
        File.WriteAllText(Path.Combine(folder, "config", "defaults.json"), """{"provisioner":"hosts","provisioner-password-file":"secret.txt"}""");
        Assert.Equal(new ProvisionerParameters("hosts", Path.Combine(folder, "secret.txt")), Read());
        Assert.Equal(new ProvisionerParameters("other", Path.Combine(folder, "more.txt")), Read(("STEP_PROVISIONER", "other"), ("STEP_PROVISIONER_PASSWORD_FILE", "more.txt")));
    }

    private ProvisionerParameters Read(params (string Name, string Value)[] environment) => ProvisionerParameters.Read(
        new() { StepPath = folder, WorkingFolder = folder }, name => environment.FirstOrDefault(one => one.Name == name).Value);
}
