namespace StepCaRenew.Ca.Configuration;

/// <summary>How a renewal proves to the CA that it has the present certificate and its key.</summary>
internal enum Transport
{
    /// <summary>mTLS; from the ninth renewal of a call at the same CA on, a token, if the certificate allows it.</summary>
    Auto,

    /// <summary>The certificate is shown in the TLS handshake. Each renewal has a connection of its own.</summary>
    Tls,

    /// <summary>A token that is signed with the certificate's key. The renewals of a call share connections.</summary>
    Token,
}
