namespace StepCaRenew.Scheduling.Linux;

/// <summary>The first line of every schedule file that this module writes; only files with it are overwritten.</summary>
internal static class FileMark
{
    private const string Start = "# StepCaRenew:";

    public static string ForRenewal(string name) => $"{Start} the renewal '{name}'. Register-StepRenewalTask wrote this file, and overwrites what is changed in it.\n";

    public static bool IsIn(string? text) => text?.StartsWith(Start, StringComparison.Ordinal) == true;
}
