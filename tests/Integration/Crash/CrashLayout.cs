namespace StepCaRenew.Integration.Crash;

/// <summary>The places of certificate and key, and the abilities of the file system.</summary>
public enum CrashLayout
{
    Plain,
    TwoFolders,
    OneFile,
    WithoutExchange,

    /// <summary>A PFX file with a password.</summary>
    Pfx,

    /// <summary>A PFX file where two files cannot be exchanged.</summary>
    PfxWithoutExchange,

    /// <summary>No files at all: a store of another kind.</summary>
    Memory,
}
