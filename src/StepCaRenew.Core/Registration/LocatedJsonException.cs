namespace StepCaRenew.Registration;

/// <summary>What is wrong with a JSON text, and where.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="path">The property; empty where it is the text as a whole.</param>
/// <param name="reason">What is wrong, to go on a sentence with.</param>
internal sealed class LocatedJsonException(int line, string path, string reason) : Exception(reason)
{
    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The property; empty where it is the text as a whole.</summary>
    public string Path { get; } = path;
}
