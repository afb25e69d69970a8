using System.Xml;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Text that is to reach a program as it is.</summary>
internal static class TaskText
{
    /// <summary>Refuses what XML can't hold, and what Task Scheduler would expand.</summary>
    /// <exception cref="RenewalException">It can't stand in a task (<see cref="ErrorId.ModulePathInvalid"/>).</exception>
    public static string RequirePlain(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
        }
        catch (XmlException e)
        {
            throw Refuse($"it holds a character that XML has no place for: {e.Message}", e);
        }

        if (text.Contains('%', StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal))
            throw Refuse("Task Scheduler would expand '%' or '$('", null);
        return text;

        RenewalException Refuse(string why, Exception? inner) => new(
            ErrorId.ModulePathInvalid, $"'{text}' can't stand in a task: {why}.", "Use paths without such characters.", inner);
    }
}
