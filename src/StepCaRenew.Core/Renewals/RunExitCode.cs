namespace StepCaRenew.Renewals;

/// <summary>The exit codes of a scheduled run.</summary>
/// <remarks>
/// 40 to 49 have no name anywhere: not in systemd.exec(5), which shows 3 and 4 as NOTIMPLEMENTED and NOPERMISSION, not in
/// sysexits.h (64 to 78), and not in winerror.h, which Task Scheduler takes its texts from. Shells and timeout(1) use 124
/// and above.
/// </remarks>
public static class RunExitCode
{
    /// <summary>Renewed, or not due.</summary>
    public const int Success = 0;

    /// <summary>A renewal failed.</summary>
    public const int RenewalFailed = 1;

    /// <summary>All went well but for actions, which stay pending.</summary>
    public const int ActionsFailed = 40;

    /// <summary>A definition is missing, broken or not safe: nothing was tried.</summary>
    public const int ConfigurationRefused = 41;
}
