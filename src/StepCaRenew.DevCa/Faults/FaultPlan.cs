namespace StepCaRenew.DevCa.Faults;

/// <summary>The next faults: a queue for each path and one for connections, and a rule for renewals by token; with an empty queue there is no fault.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<RequestFault>> _requests = [];
    private readonly Queue<ConnectionFault> _connections = new();
    private Func<int, RequestFault?>? _tokens;
    private int _tokenCount;

    /// <summary>The number of faults in the queues.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
                return _connections.Count + _requests.Values.Sum(queue => queue.Count);
        }
    }

    /// <summary>Adds faults for the next requests to a path, such as /renew (which includes /1.0/renew).</summary>
    public void Add(string path, RequestFault fault, int times = 1)
    {
        lock (_lock)
        {
            if (!_requests.TryGetValue(path, out var queue))
                _requests[path] = queue = new();
            for (var i = 0; i < times; i++)
                queue.Enqueue(fault);
        }
    }

    /// <summary>Adds faults for the next connections.</summary>
    public void Add(ConnectionFault fault, int times = 1)
    {
        lock (_lock)
        {
            for (var i = 0; i < times; i++)
                _connections.Enqueue(fault);
        }
    }

    /// <summary>Adds faults for requests with an Authorization header, as long as their path has none in its queue.</summary>
    /// <param name="fault">Gives the fault of a request by the number of such requests before it; null for none.</param>
    public void AddForTokens(Func<int, RequestFault?> fault)
    {
        lock (_lock)
            (_tokens, _tokenCount) = (fault, 0);
    }

    /// <summary>Removes all faults.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _tokens = null;
            _requests.Clear();
            _connections.Clear();
        }
    }

    internal RequestFault? TakeForRequest(string path, bool hasToken)
    {
        lock (_lock)
            return _requests.TryGetValue(path, out var queue) && queue.TryDequeue(out var fault) ? fault
                : hasToken ? _tokens?.Invoke(_tokenCount++)
                : null;
    }

    internal ConnectionFault? TakeForConnection()
    {
        lock (_lock)
            return _connections.TryDequeue(out var fault) ? fault : null;
    }
}
