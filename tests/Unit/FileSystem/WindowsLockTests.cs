using StepCaRenew.FileSystem;
using StepCaRenew.Stores.Files;
using StepCaRenew.Stores.PemFiles;

namespace StepCaRenew.Unit.FileSystem;

/// <summary>The lock on Windows: two runs never work on one pair, whatever hinders the lock file.</summary>
public sealed class WindowsLockTests : IDisposable
{
    private static readonly UnauthorizedAccessException Denied = new("Access is denied.");
    private static readonly string Place = Path.Combine(Path.GetTempPath(), "certs");

    private readonly TestFolder folder = new();
    private readonly OpenFolders folders = new();

    public void Dispose()
    {
        folders.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(0x20, true, true, "Held")]
    [InlineData(0x20, true, false, "Held")]
    [InlineData(0x05, true, true, ErrorId.WriteFailed)] // the lock file of another account
    [InlineData(0x05, true, false, "Impossible")] // nothing can be replaced there either
    [InlineData(0x05, false, true, "Held")] // it is being deleted
    [InlineData(0x05, false, false, "Impossible")]
    [InlineData(0x70, false, true, ErrorId.DiskFull)]
    [InlineData(0x13, false, false, "Impossible")] // a write-protected volume
    [InlineData(0x1F, false, true, ErrorId.WriteFailed)]
    [InlineData(0x1F, true, true, ErrorId.WriteFailed)]
    public void OutcomeOf_Failure_ContinuesWithoutALockOnlyIfNothingCanBeWritten(int code, bool exists, bool takesFiles, string expected)
    {
        Assert.SkipWhen(code is 0x70 or 0x13 && !OperatingSystem.IsWindows(), "A full disk and a write-protected one have other codes here.");
        Exception error = code == 0x05 ? Denied : new IOException($"Error {code}.", unchecked((int)0x80070000) | code);
        var outcome = string.Empty;
        try
        {
            outcome = WindowsLock.OutcomeOf(error, Path.Combine(Place, ".web.lock"), Path.Combine(Place, "web.crt"), exists, place => place == Place ? takesFiles : throw new ArgumentException(place)).ToString();
        }
        catch (RenewalException e)
        {
            outcome = e.ErrorId;
        }

        Assert.Equal(expected, outcome);
    }

    [Fact]
    public void OutcomeOf_SomethingElseInItsPlace_SaysWhat()
    {
        var error = Assert.Throws<RenewalException>(() => WindowsLock.OutcomeOf(new NotOursException("it is a link"), Path.Combine(Place, ".web.lock"), Place, true, _ => true));
        Assert.Equal(ErrorId.WriteFailed, error.ErrorId);
        Assert.Contains("it is a link", error.Message, StringComparison.Ordinal);
    }

    [WindowsFact]
    public void TryOpen_TwoRuns_OneHoldsIt_AndTheOtherReadsTheHolder()
    {
        var paths = new PairPaths(folder.Write("web.crt", "x"), folder.Write("web.key", "y"));
        var (outcome, file) = LockFile.TryOpen(folders, paths.Lock);
        Assert.Equal(LockOutcome.Acquired, outcome);
        file!.Write(LockHolder.Format(Environment.ProcessId, "somebody"));
        var (second, other) = LockFile.TryOpen(folders, paths.Lock);
        Assert.Equal(LockOutcome.Held, second);
        Assert.Null(other);
        Assert.Contains("somebody", LockHolder.Describe(folders, paths.Lock), StringComparison.Ordinal);
        Assert.True(PairLock.IsHeld(folders, paths));
        LockRemoval.Run(paths);
        Assert.True(File.Exists(paths.Lock));
        file.Dispose();
        Assert.False(PairLock.IsHeld(folders, paths));
        LockRemoval.Run(paths);
        Assert.False(File.Exists(paths.Lock));
    }

    [WindowsFact]
    public void TryOpen_ReadOnlyLockFile_IsAnError()
    {
        Assert.SkipWhen(Wine.IsHere, "Under Wine root writes read-only files as well.");
        var paths = new PairPaths(folder.Write("web.crt", "x"), folder.Write("web.key", "y"));
        File.WriteAllText(paths.Lock, "process 1 of another");
        File.SetAttributes(paths.Lock, FileAttributes.ReadOnly);
        try
        {
            Assert.Equal(ErrorId.WriteFailed, Assert.Throws<RenewalException>(() => LockFile.TryOpen(folders, paths.Lock)).ErrorId);
        }
        finally
        {
            File.SetAttributes(paths.Lock, FileAttributes.Normal);
        }
    }
}
