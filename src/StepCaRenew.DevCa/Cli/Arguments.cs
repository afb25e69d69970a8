namespace StepCaRenew.DevCa.Cli;

/// <summary>The options of a command line. Each is removed when it is read; the rest is an error.</summary>
internal sealed class Arguments(IEnumerable<string> arguments)
{
    private readonly List<string> _left = [.. arguments];

    /// <summary>Reads a switch.</summary>
    public bool Flag(string name) => _left.Remove(name);

    /// <summary>Reads the last value of an option.</summary>
    public string? Value(string name) => Values(name).LastOrDefault();

    /// <summary>Reads a required option.</summary>
    public string Required(string name) => Value(name) ?? throw new UsageException($"{name} is missing.");

    /// <summary>Reads all values of an option.</summary>
    public List<string> Values(string name)
    {
        List<string> values = [];
        for (var at = _left.IndexOf(name); at >= 0; at = _left.IndexOf(name))
        {
            if (at + 1 == _left.Count)
                throw new UsageException($"{name} needs a value.");
            values.Add(_left[at + 1]);
            _left.RemoveRange(at, 2);
        }
        return values;
    }

    /// <summary>Reads the remaining arguments, one for each name.</summary>
    public string[] Rest(params string[] names)
    {
        if (_left.Find(argument => argument.StartsWith('-')) is { } unknown)
            throw new UsageException($"{unknown} is not an option of this command.");
        return _left.Count == names.Length
            ? [.. _left]
            : throw new UsageException(names.Length == 0 ? $"{_left[0]} is one argument too many." : $"Expected: {string.Join(' ', names)}.");
    }
}
