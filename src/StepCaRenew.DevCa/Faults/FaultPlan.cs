namespace StepCaRenew.DevCa.Faults;

/// <summary>The next faults: a queue for each path and one for connections; with an empty queue there is no fault.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<RequestFault>> _requests = [];
    private readonly Queue<ConnectionFault> _connections = new();

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

    /// <summary>Removes all faults from the queues.</summary>
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
