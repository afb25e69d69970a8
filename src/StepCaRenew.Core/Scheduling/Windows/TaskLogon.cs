namespace StepCaRenew.Scheduling.Windows;

/// <summary>TASK_LOGON_TYPE of taskschd.h.</summary>
internal enum TaskLogon
{
    /// <summary>With a password that the scheduler keeps, or that Windows knows.</summary>
    Password = 1,

    /// <summary>Without a password.</summary>
    S4U = 2,

    /// <summary>As the user who is logged on, while that user is.</summary>
    InteractiveToken = 3,

    /// <summary>SYSTEM; XML has no word for it.</summary>
    ServiceAccount = 5,
}
