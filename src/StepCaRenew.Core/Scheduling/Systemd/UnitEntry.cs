namespace StepCaRenew.Scheduling.Systemd;

/// <summary>A line of a unit file.</summary>
/// <param name="Section">Its section.</param>
/// <param name="Key">Its key, which can occur several times.</param>
/// <param name="Value">Its value.</param>
internal sealed record UnitEntry(string Section, string Key, string Value);
