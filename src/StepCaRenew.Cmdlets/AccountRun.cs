using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Registration.Accounts;

namespace StepCaRenew.Cmdlets;

/// <summary>What Invoke-StepRenewal of root starts as another account, to run the renewals of that account. It is not for users.</summary>
public sealed class AccountRun : IDisposable
{
    private readonly AccountChild child = new(Console.OpenStandardOutput(), ModuleFolder.Path, Random.Shared.NextDouble, End);

    /// <summary>Takes a line of root.</summary>
    /// <param name="line">The line.</param>
    public void Read(string line) => child.Read(line);

    /// <summary>The input has ended.</summary>
    /// <returns>The exit code.</returns>
    public int Finish() => child.Finish();

    /// <inheritdoc/>
    public void Dispose() => child.Dispose();

    private static void End(Exception e)
    {
        Console.Error.WriteLine(e.Message);
        Environment.Exit(1);
    }
}
