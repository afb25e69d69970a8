namespace StepCaRenew.FileSystem;

/// <summary>Interprets errors of replacing a file: whether to retry, and what to tell the user.</summary>
internal class Refusals
{
    /// <summary>The remedy if another process has a file open.</summary>
    public const string InUseRemedy = "Find the process (Resource Monitor, or handle.exe of Sysinternals) and let it open the file with FileShare.Delete, or close it after reading.";

    /// <summary>The rules of this platform.</summary>
    public static Refusals ForThisPlatform { get; } = OperatingSystem.IsWindows() ? new WindowsRefusals(new WindowsProbe()) : new Refusals();

    /// <summary>Whether another process can be the reason, so that a retry can help. On Unix an open file does not prevent a rename.</summary>
    public virtual bool IsWorthRetrying(Exception error) => false;

    /// <summary>Whether the reason is another process that has the file open, rather than a missing right.</summary>
    public virtual bool IsInUse(Exception error, string target) => false;

    /// <summary>The error for the user.</summary>
    public virtual RenewalException Explain(Exception error, string target) => WriteErrors.Map(error, target);
}
