namespace StepCaRenew;

public static partial class ErrorId
{
    // The certificate that a server serves
    /// <summary>The address of a server is not a host and a port, or its scheme is not known.</summary>
    public const string ServerAddressInvalid = nameof(ServerAddressInvalid);
    /// <summary>The connection to a server failed or broke.</summary>
    public const string ServerUnreachable = nameof(ServerUnreachable);
    /// <summary>A server did not show its certificate in time.</summary>
    public const string ServerTimeout = nameof(ServerTimeout);
    /// <summary>A server does not offer STARTTLS, or refused it.</summary>
    public const string StartTlsRefused = nameof(StartTlsRefused);
    /// <summary>A server does not speak the protocol that its address names, or sent more than an answer.</summary>
    public const string ServerAnswerInvalid = nameof(ServerAnswerInvalid);
    /// <summary>After a renewal and its actions, a server does not serve the new certificate.</summary>
    public const string NotServed = nameof(NotServed);
}
