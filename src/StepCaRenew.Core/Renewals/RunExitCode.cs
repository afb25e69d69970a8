namespace StepCaRenew.Renewals;

/// <summary>The exit codes of a scheduled run.</summary>
public static class RunExitCode
{
    /// <summary>Renewed, or not due.</summary>
    public const int Success = 0;

    /// <summary>A renewal failed.</summary>
    public const int RenewalFailed = 1;

    /// <summary>All went well but for actions, which stay pending.</summary>
    public const int ActionsFailed = 3;

    /// <summary>A definition is missing, broken or not safe: nothing was tried.</summary>
    public const int ConfigurationRefused = 4;
}
