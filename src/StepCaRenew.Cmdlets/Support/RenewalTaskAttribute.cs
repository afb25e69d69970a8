using System.Management.Automation;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>
/// Lets a parameter take objects of Get-StepRenewalTask only, including those from another session or a file. The type
/// decides, so that the Name of any other object is not taken for the name of a renewal.
/// </summary>
/// <remarks>PSTypeName alone would not take deserialised ones: the names of their types begin with <c>Deserialized.</c>.</remarks>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
public sealed class RenewalTaskAttribute : ArgumentTransformationAttribute
{
    /// <summary>The name of the type by which the parameter binds.</summary>
    public const string TypeName = "StepCaRenew.RenewalTask";

    private static readonly HashSet<string> Known = new([TypeName, $"Deserialized.{TypeName}"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var tasks = LanguagePrimitives.GetEnumerable(inputData) is { } several ? several.Cast<object?>().ToList() : [inputData];
        return tasks.Count > 0 && tasks.TrueForAll(IsTask) ? tasks.Select(task => Named(PSObject.AsPSObject(task))).ToArray() : throw Mismatch();
    }

    private static bool IsTask(object? task) =>
        task is not null && PSObject.AsPSObject(task) is var shown && shown.TypeNames.Any(Known.Contains) && shown.Properties["Name"]?.Value?.ToString() is { Length: > 0 };

    private static PSObject Named(PSObject task)
    {
        if (!task.TypeNames.Contains(TypeName))
            task.TypeNames.Add(TypeName);
        return task;
    }

    // With this inner exception, PowerShell goes on and tries the other parameters that take pipeline input.
    private static ArgumentTransformationMetadataException Mismatch()
    {
        const string message = "The object does not come from Get-StepRenewalTask.";
        return new ArgumentTransformationMetadataException(message, new PSInvalidCastException(message));
    }
}
