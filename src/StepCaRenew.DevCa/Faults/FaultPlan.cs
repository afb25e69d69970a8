namespace StepCaRenew.DevCa.Faults;

/// <summary>What goes wrong next: a queue of faults for each path and one for connections; when a queue is empty, all is well.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<RequestFault>> _requests = [];
    private readonly Queue<ConnectionFault> _connections = new();

    /// <summary>How many faults wait to happen.</summary>
    public int Pending
    {
        get
        {
            lock (_lock)
                return _connections.Count + _requests.Values.Sum(queue => queue.Count);
        }
    }

    /// <summary>Lets the following requests to a path (such as /renew; /1.0/renew is the same) go wrong.</summary>
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

    /// <summary>Lets the following connections go wrong, whatever they are for.</summary>
    public void Add(ConnectionFault fault, int times = 1)
    {
        lock (_lock)
        {
            for (var i = 0; i < times; i++)
                _connections.Enqueue(fault);
        }
    }

    /// <summary>Forgets what has not happened yet.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _requests.Clear();
            _connections.Clear();
        }
    }

    internal RequestFault? TakeForRequest(string path)
    {
        lock (_lock)
            return _requests.TryGetValue(path, out var queue) && queue.TryDequeue(out var fault) ? fault : null;
    }

    internal ConnectionFault? TakeForConnection()
    {
        lock (_lock)
            return _connections.TryDequeue(out var fault) ? fault : null;
    }
}
