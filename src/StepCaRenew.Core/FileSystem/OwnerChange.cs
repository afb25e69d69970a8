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
/// Gives a new file the owner of the old one. An account can always make itself the owner, an administrator the group of
/// administrators too; any other owner needs SeRestorePrivilege, enabled.
/// </summary>
internal static class OwnerChange
{
    /// <summary>The privilege that it takes.</summary>
    public const string Privilege = "SeRestorePrivilege";

    private const int AccessDenied = 5;
    private const int InvalidOwner = 1307;
    private const int PrivilegeNotHeld = 1314;

    /// <summary>Tries it.</summary>
    /// <returns>False if the account cannot give away files: the file is its own then.</returns>
    /// <exception cref="IOException">Windows refuses for another reason.</exception>
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
