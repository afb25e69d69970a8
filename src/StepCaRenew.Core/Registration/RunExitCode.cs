namespace StepCaRenew;

/// <summary>The exit codes of a scheduled run.</summary>
/// <remarks>
/// 40 to 49 have no meaning elsewhere: not in systemd.exec(5), which names 3 and 4 NOTIMPLEMENTED and NOPERMISSION, in
/// sysexits.h (64 to 78), or in winerror.h, from which Task Scheduler takes its texts. Shells and timeout(1) use 124 and
/// above.
/// </remarks>
public static class RunExitCode
{
    /// <summary>All certificates were renewed or not due.</summary>
    public const int Success = 0;

    /// <summary>A renewal failed.</summary>
    public const int RenewalFailed = 1;

    /// <summary>All renewals succeeded, but actions failed and stay pending, or metrics were not written.</summary>
    public const int ActionsFailed = 40;

    /// <summary>A definition is missing, invalid or not safe; nothing was tried.</summary>
    public const int ConfigurationRefused = 41;
}
