namespace StepCaRenew.Cmdlets.Support;

/// <summary>A path as it was given, of whose files it is known only at the end whether any is a certificate.</summary>
/// <param name="given">The path.</param>
/// <param name="count">How many files it led to.</param>
/// <param name="onNothingFound">Told when all are done and none was a certificate.</param>
internal sealed class InputSource(string given, int count, Action onNothingFound)
{
    private int left = count;
    private bool hasCertificate;

    /// <summary>The path as it was given.</summary>
    public string Given => given;

    /// <summary>Takes note of a file that is done.</summary>
    /// <param name="isCertificate">Whether it was a certificate.</param>
    public void Done(bool isCertificate)
    {
        hasCertificate |= isCertificate;
        if (--left == 0)
            TellIfNothing();
    }

    /// <summary>Tells at once where there is no file at all.</summary>
    public void TellIfNothing()
    {
        if (left == 0 && !hasCertificate)
            onNothingFound();
    }
}
