using StepCaRenew.Cmdlets.Support;
using StepCaRenew.Registration.Accounts;

namespace StepCaRenew.Cmdlets;

/// <summary>The process that root's Invoke-StepRenewal starts to run the renewals of another account as that account. Not for users.</summary>
public sealed class AccountRun : IDisposable
{
    private readonly AccountChild child = new(Console.OpenStandardOutput(), ModuleFolder.Path, Random.Shared.NextDouble, End);

    /// <summary>Reads a line from root's process.</summary>
    public void Read(string line) => child.Read(line);

    /// <summary>Ends the run when the input has ended.</summary>
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
