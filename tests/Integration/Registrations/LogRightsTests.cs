using StepCaRenew.Accounts;
using StepCaRenew.Integration.Engine;
using StepCaRenew.Registration;

namespace StepCaRenew.Integration.Registrations;

/// <summary>A log that the account of a run cannot write is found out at registration, as that account.</summary>
public sealed class LogRightsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("stepcarenew-logs-");

    public LogRightsTests()
    {
        Assert.SkipUnless(Unprivileged.IsRoot, "Only root on Linux can ask as another user.");
        SetMode("", 0b111_101_101);
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("folder", 0b111_101_101, null, 0, false)]
    [InlineData("folder", 0b111_111_111, null, 0, true)]
    [InlineData("folder", 0b111_111_110, null, 0, false)]
    [InlineData("folder", 0b111_101_101, "web.log", 0b110_110_110, true)]
    [InlineData("folder", 0b111_101_101, "web.log", 0b110_100_100, false)]
    [InlineData("folder", 0b111_101_100, "web.log", 0b110_110_110, false)]
    [InlineData("missing", 0b111_101_101, null, 0, true)]
    [InlineData("folder/missing", 0b111_101_101, null, 0, true)]
    [InlineData("folder/missing", 0b111_000_000, null, 0, false)]
    [InlineData("folder/missing/too", 0b111_000_000, null, 0, false)]
    public async Task TheLog_IsTestedAsTheAccountOfTheRun(string where, int folderMode, string? file, int fileMode, bool isWritable)
    {
        Directory.CreateDirectory(At("folder"));
        if (file is not null)
        {
            await File.WriteAllTextAsync(At($"folder/{file}"), "");
            SetMode($"folder/{file}", fileMode);
        }

        SetMode("folder", folderMode);
        await ExpectAsync(At($"{where}/web.log"), new TaskAccount.User("nobody"), isWritable);
        await ExpectAsync(At($"{where}/web.log"), TaskAccount.OfMachine, isWritable: true);
    }

    [Fact]
    public async Task ALogThatIsNotAFile_IsRefused()
    {
        Directory.CreateDirectory(At("folder"));
        await ExpectAsync(At("folder"), TaskAccount.OfMachine, isWritable: false);
        await ExpectAsync("/dev/null", TaskAccount.OfMachine, isWritable: false);
    }

    private static async Task ExpectAsync(string path, TaskAccount account, bool isWritable)
    {
        if (OperatingSystem.IsWindows())
            return;
        var definition = new RenewalDefinition { Name = "web", CertificatePath = "/etc/ssl/web.crt", LogPath = path };
        RenewalException? error = null;
        try
        {
            await LogRights.RequireWritableAsync(definition, new AccountAccess(account, TimeProvider.System), account, CancellationToken.None);
        }
        catch (RenewalException e)
        {
            error = e;
        }

        Assert.Equal(isWritable ? null : ErrorId.LogNotWritable, error?.ErrorId);
    }

    private void SetMode(string name, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(At(name), (UnixFileMode)mode);
    }

    private string At(string name) => Path.Combine(folder.FullName, name);
}
