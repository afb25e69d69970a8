namespace StepCaRenew.DevCa.Cli;

/// <summary>The command line is not valid.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    public const string Usage = """
        usage:
          StepCaRenew.DevCa run --folder DIR [--port N] [--allow-renewal-after-expiry] [--generation 0.19|0.30]
              A CA below DIR, which becomes a STEPPATH. Prints URL, FINGERPRINT, STEPPATH and PID,
              then READY; answers as step-ca of that version; ends with SIGTERM, Ctrl+C, or when its standard input is closed.
          StepCaRenew.DevCa rotate --folder DIR [--intermediates 1] [--new-root]
              A new intermediate for that CA, or several, one below the other; with --new-root under another
              root, which is served together with the old. A running server has them after its next start.
          StepCaRenew.DevCa issue --folder DIR --name NAME [--san X]... [--lifetime 24h] [--elapsed 70%]
                                  [--key EC-P256|EC-P384|EC-P521|RSA-2048] [--provisioner admin|norenew|noeku] CRT KEY
              A certificate from that CA, running or not; --elapsed says how much of its life is over,
              above 100% it has expired.
        """;
}
