namespace StepCaRenew.FileSystem;

/// <summary>A file that this module would write is a link or something else that it did not make.</summary>
/// <param name="reason">The reason as the end of a sentence, such as "it is a link".</param>
internal sealed class NotOursException(string reason) : IOException(reason);
