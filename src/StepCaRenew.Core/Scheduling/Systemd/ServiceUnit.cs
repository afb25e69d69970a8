using System.Text;
using StepCaRenew.Accounts;
using StepCaRenew.Scheduling.Linux;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Writes the service of a renewal: one run to its end.</summary>
internal static class ServiceUnit
{
    public static string Render(ScheduledRun run)
    {
        var isMachine = run.Scope == RenewalScope.Machine;
        var unit = new StringBuilder(FileMark.ForRenewal(run.Name));
        unit.Append("[Unit]\n").Append($"Description={UnitQuoting.Description(run.Description)}\n");
        // The manager of a user does not know this target.
        if (isMachine)
            unit.Append("Wants=network-online.target\nAfter=network-online.target\n");
        // Several starts by hand must not make systemd refuse the next scheduled one.
        unit.Append("StartLimitIntervalSec=0\n");

        unit.Append("\n[Service]\nType=oneshot\n");
        // Also for root: User= sets HOME, without which pwsh creates a new folder at every run.
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
