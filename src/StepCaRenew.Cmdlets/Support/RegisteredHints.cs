using System.Management.Automation;
using StepCaRenew.Registration;

namespace StepCaRenew.Cmdlets.Support;

/// <summary>Recognizes the name of a registered renewal that was given as a path.</summary>
internal static class RegisteredHints
{
    /// <summary>The remedy that names -Name.</summary>
    /// <param name="given">The path as it was given.</param>
    /// <returns>Null if no registered renewal has the name.</returns>
    public static string? For(string given)
    {
        try
        {
            var pattern = new WildcardPattern(given, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant);
            var found = RegisteredNames.Find(name => pattern.IsMatch(name) || RenewalName.Comparer.Equals(name, given));
            return found.Count == 0 ? null
                : $"{(found.Count == 1 ? $"'{found[0].Name}' is a registered renewal" : $"{found.Count} registered renewals match '{given}'")}. To run it, write: Invoke-StepRenewal -Name {Quoted.For(given)}. To renew a file, check the path.";
        }
        // The hint is optional; the error that it belongs to is reported anyway.
        catch (Exception e) when (e is RenewalException or WildcardPatternException)
        {
            return null;
        }
    }
}
