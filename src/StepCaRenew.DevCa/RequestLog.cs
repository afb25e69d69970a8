using System.Collections.Concurrent;

namespace StepCaRenew.DevCa;

/// <summary>The requests to the CA; each is added before it is answered.</summary>
public sealed class RequestLog
{
    private readonly ConcurrentQueue<LoggedRequest> _entries = new();

    /// <summary>All requests, the oldest first.</summary>
    public IReadOnlyCollection<LoggedRequest> Entries => _entries;

    /// <summary>The number of requests for a path, with or without /1.0.</summary>
    public int Count(string path) => _entries.Count(entry => entry.Path == path);

    internal void Add(LoggedRequest entry) => _entries.Enqueue(entry);
}

/// <summary>One request.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Without /1.0 and query.</param>
/// <param name="Protocol">HTTP/2 or HTTP/1.1.</param>
/// <param name="ClientSerial">The serial number of the client certificate, hexadecimal; null without one.</param>
/// <param name="BodyLength">The content length that the request states.</param>
public sealed record LoggedRequest(string Method, string Path, string Protocol, string? ClientSerial, long? BodyLength);
