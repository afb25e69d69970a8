using System.Xml;

namespace StepCaRenew.Scheduling.Windows;

/// <summary>Text of a task that must stay as it is.</summary>
internal static class TaskText
{
    /// <summary>Refuses text that XML cannot hold or that Task Scheduler would expand.</summary>
    /// <exception cref="RenewalException">The text cannot be used in a task (<see cref="ErrorId.ModulePathInvalid"/>).</exception>
    public static string RequirePlain(string text)
    {
        try
        {
            XmlConvert.VerifyXmlChars(text);
        }
        catch (XmlException e)
        {
            throw Refuse($"it has a character that XML does not allow: {e.Message}", e);
        }

        if (text.Contains('%', StringComparison.Ordinal) || text.Contains("$(", StringComparison.Ordinal))
            throw Refuse("Task Scheduler would expand '%' or '$('", null);
        return text;

        RenewalException Refuse(string why, Exception? inner) => new(
            ErrorId.ModulePathInvalid, $"'{text}' cannot be used in a task: {why}.", "Use paths without such characters.", inner);
    }
}
