using System.Collections.Concurrent;

namespace StepCaRenew.DevCa;

/// <summary>The requests that the CA has seen, each noted before it is answered.</summary>
public sealed class RequestLog
{
    private readonly ConcurrentQueue<LoggedRequest> _entries = new();

    /// <summary>All of them, the oldest first.</summary>
    public IReadOnlyCollection<LoggedRequest> Entries => _entries;

    /// <summary>How many came for a path, with or without /1.0.</summary>
    public int Count(string path) => _entries.Count(entry => entry.Path == path);

    internal void Add(LoggedRequest entry) => _entries.Enqueue(entry);
}

/// <summary>One request.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Without /1.0 and query.</param>
/// <param name="Protocol">HTTP/2 or HTTP/1.1.</param>
/// <param name="ClientSerial">The client certificate's serial in hexadecimal digits, if there was one.</param>
/// <param name="BodyLength">The length that the request claims for its body.</param>
public sealed record LoggedRequest(string Method, string Path, string Protocol, string? ClientSerial, long? BodyLength);
