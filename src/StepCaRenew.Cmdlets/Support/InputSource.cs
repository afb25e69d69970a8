namespace StepCaRenew.Cmdlets.Support;

/// <summary>A path as it was given. Whether any of its files is a certificate is known when all are done.</summary>
/// <param name="given">The path.</param>
/// <param name="count">How many files it led to.</param>
/// <param name="onNothingFound">Called when all are done and none was a certificate.</param>
internal sealed class InputSource(string given, int count, Action onNothingFound)
{
    private int left = count;
    private bool hasCertificate;

    /// <summary>The path as it was given.</summary>
    public string Given => given;

    /// <summary>Counts a file that is done.</summary>
    /// <param name="isCertificate">Whether it was a certificate.</param>
    public void Done(bool isCertificate)
    {
        hasCertificate |= isCertificate;
        if (--left == 0)
            ReportIfNothing();
    }

    /// <summary>Reports at once if there is no file at all.</summary>
    public void ReportIfNothing()
    {
        if (left == 0 && !hasCertificate)
            onNothingFound();
    }
}
