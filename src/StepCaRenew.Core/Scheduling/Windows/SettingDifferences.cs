using System.Xml;
using StepCaRenew.Policy;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>How the settings of a task differ from what they should be.</summary>
internal static class SettingDifferences
{
    /// <summary>Compares them.</summary>
    public static IEnumerable<string> Between(TaskDescription found, TaskDescription wanted)
    {
        foreach (var (name, value) in found.Settings.Where(one => one.Value != wanted.Settings[one.Key]))
            yield return Sentence(name, value, wanted.Settings[name]);
        if (found.IsRestarted)
            yield return "It is restarted on failure (RestartOnFailure).";
    }

    private static string Sentence(string name, string found, string wanted) => name switch
    {
        "Enabled" => "The task is disabled.",
        "MultipleInstancesPolicy" => $"A start while the task runs is not ignored ({name} is {found} instead of {wanted}).",
        "DisallowStartIfOnBatteries" => $"It does not start on batteries ({name}).",
        "StopIfGoingOnBatteries" => $"It is stopped when the power goes to batteries ({name}).",
        "StartWhenAvailable" => $"A missed run is not made up for ({name}).",
        "RunOnlyIfNetworkAvailable" => $"It runs only with a network ({name}).",
        "RunOnlyIfIdle" => $"It runs only while the machine is idle ({name}).",
        "AllowStartOnDemand" => $"It cannot be started by hand ({name}).",
        "AllowHardTerminate" => $"A run that takes too long cannot be stopped ({name}).",
        "ExecutionTimeLimit" => $"The time limit of a run ({name}) is {Limit(found)} instead of {Limit(wanted)}.",
        _ => $"{name} is {found} instead of {wanted}.",
    };

    private static string Limit(string text) => XmlConvert.ToTimeSpan(text) is { Ticks: > 0 } limit ? Duration.Format(limit) : "none";
}
