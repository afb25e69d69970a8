namespace StepCaRenew.HelpBuilder;

/// <summary>A page that can't be understood, with the line to look at.</summary>
internal sealed class PageException(string file, int line, string message)
    : Exception(line > 0 ? $"{file}:{line}: {message}" : $"{file}: {message}");
