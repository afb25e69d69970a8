namespace StepCaRenew.Integration.Crash;

/// <summary>Where certificate and key lie, and what the file system can do.</summary>
public enum CrashLayout
{
    Plain,
    TwoFolders,
    OneFile,
    WithoutExchange,
}
