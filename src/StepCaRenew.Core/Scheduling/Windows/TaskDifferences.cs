using System.Xml;
using StepCaRenew.Accounts;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Compares a task with what it should be, by the meaning of its XML, not by its text.</summary>
internal static class TaskDifferences
{
    /// <summary>A sentence for each difference.</summary>
    /// <param name="found">The XML from the scheduler.</param>
    /// <param name="wanted">The XML as it should be.</param>
    /// <param name="sidOf">Returns the SID of an account; null if it cannot be found.</param>
    public static IReadOnlyList<string> Between(string found, string wanted, Func<string, string?> sidOf)
    {
        var meant = TaskXmlReader.Read(wanted);
        try
        {
            return [.. Between(TaskXmlReader.Read(found), meant, sidOf)];
        }
        catch (Exception e) when (e is XmlException or FormatException or OverflowException)
        {
            return [$"The task cannot be read: {e.Message}"];
        }
    }

    private static IEnumerable<string> Between(TaskDescription found, TaskDescription wanted, Func<string, string?> sidOf) =>
    [
        .. Principal(found, wanted, sidOf),
        .. TriggerDifferences.Between(found.Triggers, wanted.Triggers, sidOf),
        .. Actions(found.Actions, wanted.Actions[0]),
        .. SettingDifferences.Between(found, wanted),
    ];

    private static IEnumerable<string> Principal(TaskDescription found, TaskDescription wanted, Func<string, string?> sidOf)
    {
        if (!AccountNames.AreSame(found.Principal, wanted.Principal, sidOf))
            yield return $"It runs as '{found.Principal}' instead of '{wanted.Principal}'.";
        // The XML of a SYSTEM task has no logon type.
        else if (wanted.Logon is not null && found.Logon != wanted.Logon)
            yield return $"The account is logged on by {found.Logon ?? "nothing"} instead of {wanted.Logon}.";
        if (found.RunLevel != wanted.RunLevel)
            yield return $"The run level is {found.RunLevel} instead of {wanted.RunLevel}.";
    }

    private static IEnumerable<string> Actions(IReadOnlyList<TaskAction> found, TaskAction wanted)
    {
        var action = found.FirstOrDefault(one => one.Kind == wanted.Kind);
        if (action is null)
            yield return "The task runs no program.";
        else if (!PathNames.AreSameOnWindows(Unquoted(action.Program), wanted.Program))
            yield return $"The program is '{action.Program}' instead of '{wanted.Program}'.";
        if (action is not null && action.Arguments != wanted.Arguments)
            yield return $"The arguments are '{action.Arguments}' instead of '{wanted.Arguments}'.";
        if (action is not null && !PathNames.AreSameOnWindows(action.Folder ?? string.Empty, wanted.Folder ?? string.Empty))
            yield return $"The task starts in the folder '{action.Folder}', which registration did not set.";
        foreach (var other in found.Where(one => one != action))
            yield return $"There is another action: {$"{other.Kind} {other.Program} {other.Arguments}".TrimEnd()}.";
    }

    private static string Unquoted(string program) => program is ['"', .. var inner, '"'] ? inner : program;
}
