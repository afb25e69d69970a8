using StepCaRenew.FileSystem;
using StepCaRenew.FollowUps;
using StepCaRenew.Inspection;
using StepCaRenew.Logging;

namespace StepCaRenew.Registration;

/// <summary>The follow-ups at a registration: the certificates in place are those that the services use.</summary>
internal sealed partial class Registrar
{
    // The services use the certificate in place: its follow-ups need not run.
    private static void RecordServed(PlannedRegistration registration, StateStore states, RenewalState state)
    {
        var all = registration.Certificates;
        if (registration.Definition.Certificates is null)
        {
            if (FindServed(state, all.All[0].Present) is { } served)
                states.Write(registration.Definition.Name, state with { Served = served });
            return;
        }

        // One that is excluded now is not missing.
        var known = all.Problems.Select(problem => problem.Path).Concat(all.All.Select(certificate => certificate.Path)).ToHashSet();
        var certificates = (state.Certificates ?? new Dictionary<string, RenewalState>()).Where(one => known.Contains(one.Key)).ToDictionary();
        foreach (var certificate in all.All)
        {
            if (FindServed(state.StateOf(certificate.Path), certificate.Present) is { } served)
                certificates[certificate.Path] = state.StateOf(certificate.Path) with { Served = served };
        }

        states.Write(registration.Definition.Name, state with { Certificates = certificates });
    }

    // Registering again accepts the certificate in place. If it is not the one last served, its follow-ups are still open. Null if nothing changes.
    private static ServedCertificate? FindServed(RenewalState state, ServedCertificate present)
    {
        var served = state.Served?.SerialNumber is { } last && last != present.SerialNumber
            ? present with { SerialNumber = last, AcceptedSerialNumber = present.SerialNumber } : present;
        return state.Served is not { } known || known.Subject != served.Subject || !known.Names.SequenceEqual(served.Names) || known.AcceptedSerialNumber != served.AcceptedSerialNumber ? served : null;
    }

    // With the registration, its open follow-ups are gone, and services may still use an earlier certificate.
    private void WarnOfOpenFollowUps(StateStore states, RenewalState state, RenewalDefinition definition)
    {
        var followUps = DefinitionChanges.DescribeFollowUps(definition);
        if (followUps.Count == 0)
            return;
        var open = definition.Certificates is null
            ? Enumerable.Repeat(definition.CertificatePath, IsOpen(definition, state.Served, states.HasRecord(definition.Name)) ? 1 : 0)
            : (state.Certificates ?? new Dictionary<string, RenewalState>())
                .Where(one => IsOpen(definition.For(one.Key), one.Value.Served, states.HasRecord(definition.Name, CertificateSet.RecordName(one.Key)))).Select(one => one.Key);
        foreach (var path in open)
            TaskLog.Warned(logger, $"{definition.Name}: '{path}' has publications, actions or servers that are pending since it was renewed or replaced ({string.Join(", ", followUps)}). They will not run any more; do this by hand, so that no program uses the earlier certificate.");
    }

    private static bool IsOpen(RenewalDefinition definition, ServedCertificate? served, bool hasRecord) =>
        hasRecord || (served is not null && served.SerialNumber != SerialNumberOf(definition, served));

    private static string SerialNumberOf(RenewalDefinition definition, ServedCertificate served)
    {
        try
        {
            using var certificate = definition.LoadCertificate(path => SmallFile.Open(TargetPath.Follow(path)));
            return certificate.Leaf.SerialNumber;
        }
        catch (RenewalException)
        {
            // Nothing is there that a program could load.
            return served.SerialNumber;
        }
    }
}
