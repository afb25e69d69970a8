namespace StepCaRenew.FileSystem;

/// <summary>What it means if the system refuses to replace a file: what passes by itself, and what the user is told if it does not.</summary>
internal class Refusals
{
    /// <summary>The rules of this platform.</summary>
    public static Refusals ForThisPlatform { get; } = OperatingSystem.IsWindows() ? new WindowsRefusals(new WindowsProbe()) : new Refusals();

    /// <summary>Whether another process may be the reason, so that it is worth trying again. On Unix no reader hinders a rename.</summary>
    public virtual bool MayPass(Exception error) => false;

    /// <summary>Whether another process that has a file open is the reason, and not a right that is missing.</summary>
    public virtual bool IsInUse(Exception error, string target) => false;

    /// <summary>The error for the user.</summary>
    /// <param name="error">What the system said last.</param>
    /// <param name="target">The file that was to be replaced.</param>
    public virtual RenewalException Explain(Exception error, string target) => WriteErrors.Map(error, target);
}
