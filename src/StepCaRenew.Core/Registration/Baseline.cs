using Microsoft.Extensions.Logging;
using StepCaRenew.FileSystem;

namespace StepCaRenew.Registration;

/// <summary>Records at the registration which certificate the services use: its follow-ups need not run.</summary>
internal sealed class Baseline(RenewalFolders folders, ILogger logger)
{
    /// <summary>Records the certificate in place.</summary>
    /// <param name="registration">The registration.</param>
    /// <param name="earlier">The definition that it replaces; null if there is none.</param>
    public void Record(PlannedRegistration registration, RenewalDefinition? earlier)
    {
        var (name, present) = (registration.Definition.Name, registration.Present);
        var states = new StateStore(folders, logger);
        var state = states.Read(name);
        // The follow-ups of another certificate do not concern this one.
        if (earlier is not null && !PathNames.AreSame(earlier.CertificatePath, registration.Definition.CertificatePath))
        {
            states.DeleteRecord(name);
            state = state with { Served = null, ActionsPending = false, ActionsPendingSince = null };
        }

        // Registering again accepts the names of the certificate in place. If another program put it there, its follow-ups are still open.
        var served = present with { SerialNumber = state.Served?.SerialNumber ?? present.SerialNumber };
        if (state.Served is not { } known || known.Subject != served.Subject || !known.Names.SequenceEqual(served.Names))
            states.Write(name, state with { Served = served });
    }
}
