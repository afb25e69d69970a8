using StepCaRenew.DevCa;

namespace StepCaRenew.Integration.Cas;

/// <summary>A running CA for tests: DevCa or a real step-ca.</summary>
public interface ITestCa : IAsyncDisposable
{
    /// <summary>"DevCa" or "step-ca".</summary>
    string Name { get; }

    /// <summary>The generation of step-ca that it is or imitates.</summary>
    Generation Generation { get; }

    /// <summary>https://127.0.0.1:port</summary>
    Uri Url { get; }

    /// <summary>A folder with the layout of $STEPPATH: config/defaults.json, certs/root_ca.crt.</summary>
    string StepPath { get; }

    /// <summary>The root in the step path; after a rotation with a new root, both, the older first.</summary>
    string RootPath { get; }

    /// <summary>SHA-256 of the first root, lower-case hexadecimal.</summary>
    string Fingerprint { get; }

    /// <summary>Generates a key and issues a certificate for it; writes name.crt (leaf and intermediates) and name.key.</summary>
    Task<IssuedPair> IssueAsync(IssueOptions options, CancellationToken ct = default);

    Task RevokeAsync(IssuedPair pair, CancellationToken ct = default);

    /// <summary>A one-time token of a provisioner, for /sign (the default) or /revoke; changes can make its claims invalid.</summary>
    Task<string> TokenAsync(TokenOptions options, CancellationToken ct = default);

    /// <summary>
    /// Gives the CA a new intermediate, or two, one below the other: under its root, or under a new root that it serves
    /// together with the old. A real step-ca restarts. Only for a CA that is not shared, see <see cref="TestCas.StartAsync"/>.
    /// </summary>
    Task RotateIntermediateAsync(int intermediates = 1, bool newRoot = false);

    /// <summary>How many requests for a path, with or without /1.0, have been answered.</summary>
    int RequestCount(string path);

    /// <summary>How many of them have been answered with a certificate.</summary>
    int IssuedCount(string path);
}
