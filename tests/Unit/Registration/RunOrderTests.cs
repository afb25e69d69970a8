using StepCaRenew.Accounts;
using StepCaRenew.Registration;

namespace StepCaRenew.Unit.Registration;

public sealed class RunOrderTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly RenewalFolders folders;

    public RunOrderTests()
    {
        folders = RenewalFolders.ForScope(RenewalScope.CurrentUser, name => name == RenewalFolders.HomeVariable ? folder.Path : null);
        Directory.CreateDirectory(folders.StateFolder("web"));
    }

    private string File => Path.Combine(folders.StateFolder("web"), "run-now");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReadOnce_Order_AppliesOnce(bool isForced)
    {
        RunOrder.Write(folders, "web", isForced);
        Assert.Equal(isForced, RunOrder.ReadOnce(folders, "web", TimeProvider.System));
        Assert.Null(RunOrder.ReadOnce(folders, "web", TimeProvider.System));
        Assert.Empty(Directory.GetFileSystemEntries(folders.StateFolder("web")));
    }

    [Fact]
    public void Delete_AfterARunHasReadIt_IsTrue()
    {
        RunOrder.Write(folders, "web", isForced: false);
        RunOrder.ReadOnce(folders, "web", TimeProvider.System);
        Assert.True(RunOrder.Delete(folders, "web"));
    }

    [Fact]
    public void ReadOnce_OldOrder_IsIgnoredAndDeleted()
    {
        RunOrder.Write(folders, "web", isForced: true);
        System.IO.File.SetLastWriteTimeUtc(File, DateTime.UtcNow.AddMinutes(-6));
        Assert.Null(RunOrder.ReadOnce(folders, "web", TimeProvider.System));
        Assert.False(System.IO.File.Exists(File));
    }

    [LinuxFact]
    public void ReadOnce_Link_IsNotFollowed()
    {
        System.IO.File.CreateSymbolicLink(File, folder.Write("other", "renew"));
        Assert.Null(RunOrder.ReadOnce(folders, "web", TimeProvider.System));
        Assert.True(System.IO.File.Exists(folder.At("other")));
    }

    [LinuxFact]
    public void ReadOnce_Pipe_IsNotWaitedFor()
    {
        UnixFile.MakePipe(File);
        Assert.Null(RunOrder.ReadOnce(folders, "web", TimeProvider.System));
    }

    [Fact]
    public void Delete_OrderOrNone_LeavesNoFile()
    {
        RunOrder.Write(folders, "web", isForced: false);
        Assert.False(RunOrder.Delete(folders, "web"));
        Assert.True(RunOrder.Delete(folders, "web"));
        Assert.Null(RunOrder.ReadOnce(folders, "web", TimeProvider.System));
    }
}
