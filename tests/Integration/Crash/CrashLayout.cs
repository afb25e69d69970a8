namespace StepCaRenew.Integration.Crash;

/// <summary>The places of certificate and key, and the abilities of the file system.</summary>
public enum CrashLayout
{
    Plain,
    TwoFolders,
    OneFile,
    WithoutExchange,

    /// <summary>No files at all: a store of another kind.</summary>
    Memory,
}
