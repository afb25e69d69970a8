using System.Text;
using StepCaRenew.Renewals;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>The service of a renewal: one run, which ends.</summary>
internal static class ServiceUnit
{
    public static string Render(ScheduledRun run)
    {
        var isMachine = run.Scope == RenewalScope.Machine;
        var unit = new StringBuilder(FileMark.ForRenewal(run.Name));
        unit.Append("[Unit]\n").Append($"Description={UnitQuoting.Description(run.Description)}\n");
        // A user's manager does not know this target.
        if (isMachine)
            unit.Append("Wants=network-online.target\nAfter=network-online.target\n");
        // Started by hand several times in a row, it must not be refused when it is due.
        unit.Append("StartLimitIntervalSec=0\n");

        unit.Append("\n[Service]\nType=oneshot\n");
        // Named even where it is root: it brings HOME along, without which pwsh makes itself a folder in every run.
        if (isMachine)
            unit.Append($"User={LinuxAccount.NameOf(run.Account)}\n");
        foreach (var (name, value) in RunVariables.ForRun(run))
            unit.Append($"Environment={UnitQuoting.Word($"{name}={value}")}\n");
        unit.Append($"ExecStart={UnitQuoting.Command(run.Command)}\n");
        unit.Append(System.Globalization.CultureInfo.InvariantCulture, $"TimeoutStartSec={run.TimeLimit.TotalSeconds:0}s\n");
        unit.Append("UMask=0022\n");
        foreach (var line in Hardening.SettingsFor(run))
            unit.Append(line).Append('\n');
        return unit.ToString();
    }
}
