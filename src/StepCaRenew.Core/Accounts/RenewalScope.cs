namespace StepCaRenew;

/// <summary>Whether a renewal is registered for the machine or for a user. Results show it as a string, for scripts and Ansible.</summary>
public enum RenewalScope
{
    /// <summary>For the machine: a schedule of the system, and a definition below /etc or ProgramData.</summary>
    Machine,

    /// <summary>For the user who registers it: a schedule of the user, and a definition in the profile.</summary>
    CurrentUser,
}
