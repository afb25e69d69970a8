namespace StepCaRenew.Files;

/// <summary>
/// Whether files and folders are flushed to disk, without which no promise holds. Only the benchmark turns it off, to
/// show what durability costs: there is no parameter, no variable and no setting for it.
/// </summary>
internal static class Flushing
{
    /// <summary>True while the benchmark measures without it.</summary>
    public static bool IsSkipped { get; set; }
}
