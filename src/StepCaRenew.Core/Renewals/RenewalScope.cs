namespace StepCaRenew.Renewals;

/// <summary>For whom a renewal is registered. Strings to PowerShell, since scripts and Ansible read them as such.</summary>
public enum RenewalScope
{
    /// <summary>For the machine: the schedule is the system's, the definition lies below /etc or ProgramData.</summary>
    Machine,

    /// <summary>For the user who registers it: the schedule and the definition are the user's own.</summary>
    CurrentUser,
}
