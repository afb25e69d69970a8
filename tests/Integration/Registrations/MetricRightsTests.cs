using StepCaRenew.Accounts;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Registrations;

/// <summary>A file of metrics that the account of a run cannot write is found out at registration, as that account.</summary>
public sealed class MetricRightsTests : IDisposable
{
    private readonly TestFolder folder = new();

    public MetricRightsTests()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can ask as another user.");
        UnixFile.SetMode(folder, 0b111_101_101);
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0b111_101_101, false)]
    [InlineData(0b111_111_111, true)]
    [InlineData(0b111_111_110, false)]
    [InlineData(0b111_000_000, false)]
    public async Task TheFolder_IsTestedAsTheAccountOfTheRun(int mode, bool isWritable)
    {
        var textfile = Directory.CreateDirectory(folder.At("textfile")).FullName;
        UnixFile.SetMode(textfile, mode);
        // The mode of the file itself does not matter: it is replaced.
        foreach (var isThere in new[] { false, true })
        {
            if (isThere)
                folder.Write("textfile/a.prom", string.Empty);
            await ExpectAsync(textfile, new TaskAccount.User("nobody"), isWritable);
            await ExpectAsync(textfile, TaskAccount.OfMachine, isWritable: true);
        }
    }

    [Fact]
    public void MissingFolder_IsAnError()
    {
        var error = Expect.Failure(ErrorId.FolderNotWritable, () => MetricRights.RequireFolder(Definition(folder.At("no"))));
        Assert.Contains($"'{folder.At("no")}' does not exist", error.Message, StringComparison.Ordinal);
        MetricRights.RequireFolder(Definition(folder));
        MetricRights.RequireFolder(Definition(folder.At("no")) with { MetricsPath = null });
    }

    private static RenewalDefinition Definition(string folder) => new() { Name = "web", CertificatePath = "/etc/ssl/web.crt", MetricsPath = Path.Combine(folder, "a.prom") };

    private static async Task ExpectAsync(string folder, TaskAccount account, bool isWritable)
    {
        if (OperatingSystem.IsWindows())
            return;
        RenewalException? error = null;
        try
        {
            await MetricRights.RequireWritableAsync(Definition(folder), new AccountAccess(account, TimeProvider.System), account, CancellationToken.None);
        }
        catch (RenewalException e)
        {
            error = e;
        }

        Assert.Equal(isWritable ? null : ErrorId.FolderNotWritable, error?.ErrorId);
        if (error is not null)
            Assert.StartsWith("'nobody', the account of the run, cannot write the metrics", error.Message, StringComparison.Ordinal);
    }
}
