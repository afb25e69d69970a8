using StepCaRenew.Logging;

namespace StepCaRenew.Unit.Logging;

/// <summary>One process at a time rotates a log, and a log that was just rotated is not rotated again.</summary>
public sealed class RotationLockTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryAcquire_LogThatWasRotatedMeanwhile_IsNotRotatedAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsMacOS(), "macOS does not look again.");
        var path = folder.At("log");
        using var file = AppendFile.Open(path);
        using (var guard = RotationLock.TryAcquire(file, path))
            Assert.NotNull(guard);
        File.Move(path, folder.At("log.1"));
        Assert.Null(RotationLock.TryAcquire(file, path));
        File.WriteAllText(path, "newer");
        Assert.Null(RotationLock.TryAcquire(file, path));
    }

    [WindowsFact]
    public void TryAcquire_HeldByAnotherThread_IsNull()
    {
        var path = folder.At("log");
        using var file = AppendFile.Open(path);
        using var guard = RotationLock.TryAcquire(file, path);
        OwnThread.Run(() =>
        {
            using var other = AppendFile.Open(path);
            Assert.Null(RotationLock.TryAcquire(other, path));
        });
    }

    // As for the mutex of another account, which .NET refuses to open with another exception.
    [WindowsFact]
    public void TryOpenMutex_NameThatIsSomethingElse_IsNull()
    {
        var name = $"Global\\StepCaRenew-{Guid.NewGuid():N}";
        using var thing = OperatingSystem.IsWindows() ? new EventWaitHandle(false, EventResetMode.ManualReset, name) : null;
        Assert.Null(RotationLock.TryOpenMutex(name));
    }

    [WindowsFact]
    public void Log_UnexpectedFailure_IsOneWarning()
    {
        var fallback = new CollectingLogger();
        var log = new JsonLogger("C:\\a\0b", TimeProvider.System, fallback);
        ActionLog.PassedOver(log, "web");
        ActionLog.PassedOver(log, "web");
        Assert.Contains("cannot be written", Assert.Single(fallback.Warnings), StringComparison.Ordinal);
    }
}
