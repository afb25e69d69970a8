namespace StepCaRenew.FileSystem;

/// <summary>The calls that give a new file its owner.</summary>
internal interface IOwnerCalls
{
    /// <summary>Enables a privilege until it is disposed; null if the account does not hold it.</summary>
    IDisposable? Enable(string privilege);

    /// <summary>Sets the owner.</summary>
    /// <returns>Zero, or the error of Windows.</returns>
    int SetOwner();
}

/// <summary>
/// Makes the owner of the old file the owner of the new one. An account can always set itself, and an administrator the
/// administrators' group; for any other owner SeRestorePrivilege must be enabled.
/// </summary>
internal static class OwnerChange
{
    /// <summary>The privilege that is needed.</summary>
    public const string Privilege = "SeRestorePrivilege";

    private const int AccessDenied = 5;
    private const int InvalidOwner = 1307;
    private const int PrivilegeNotHeld = 1314;

    /// <summary>Tries to set the owner.</summary>
    /// <returns>False if this account cannot; it remains the owner of the new file.</returns>
    /// <exception cref="IOException">It failed for another reason.</exception>
    public static bool TryRun(IOwnerCalls calls)
    {
        using var privilege = calls.Enable(Privilege);
        return calls.SetOwner() switch
        {
            0 => true,
            AccessDenied or InvalidOwner or PrivilegeNotHeld => false,
            var error => throw new IOException($"The owner cannot be set (error {error} of Windows).", unchecked((int)0x80070000 | error)),
        };
    }
}
