namespace StepCaRenew.Scheduling.Windows;

/// <summary>TASK_LOGON_TYPE of taskschd.h.</summary>
internal enum TaskLogon
{
    /// <summary>With a password that the scheduler stores, or that Windows knows.</summary>
    Password = 1,

    /// <summary>Without a password.</summary>
    S4U = 2,

    /// <summary>In the session of the user, while the user is logged on.</summary>
    InteractiveToken = 3,

    /// <summary>A service account, such as SYSTEM; not written into the XML.</summary>
    ServiceAccount = 5,
}
