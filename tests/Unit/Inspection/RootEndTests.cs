using Microsoft.Extensions.Time.Testing;
using StepCaRenew.Ca.Configuration;
using StepCaRenew.Inspection;

namespace StepCaRenew.Unit.Inspection;

public sealed class RootEndTests : IDisposable
{
    // The root of the tests ends on 2090-01-01.
    private static readonly DateTimeOffset End = new(2090, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(31, null)]
    [InlineData(29, "ends on")]
    [InlineData(-1, "ended on")]
    public void Describe_DaysBeforeTheEnd_WarnsFrom30On(int days, string? expected)
    {
        var warning = Describe(End.AddDays(-days), TestAuthority.Default.Root.ExportCertificatePem());
        if (expected is null)
            Assert.Null(warning);
        else
            Assert.Contains(expected, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_UnreadableRoot_IsNull() => Assert.Null(Describe(End, "damaged"));

    [Fact]
    public void Describe_RegisteredRenewal_NamesIt() =>
        Assert.Contains("'web'", Describe(End, TestAuthority.Default.Root.ExportCertificatePem(), name: "web"), StringComparison.Ordinal);

    private string? Describe(DateTimeOffset now, string root, string? name = null) => RootEnd.Describe(
        new CaOptions { CaUrl = "https://ca.example.com", RootPath = folder.Write("root.crt", root), StepPath = folder, RegisteredName = name }, new FakeTimeProvider(now), _ => null);
}
