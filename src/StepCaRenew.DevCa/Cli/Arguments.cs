namespace StepCaRenew.DevCa.Cli;

/// <summary>A command line's options, taken one by one; what remains must be known.</summary>
internal sealed class Arguments(IEnumerable<string> arguments)
{
    private readonly List<string> _left = [.. arguments];

    /// <summary>Takes a switch.</summary>
    public bool Flag(string name) => _left.Remove(name);

    /// <summary>Takes an option's last value.</summary>
    public string? Value(string name) => Values(name).LastOrDefault();

    /// <summary>Takes an option that has to be there.</summary>
    public string Required(string name) => Value(name) ?? throw new UsageException($"{name} is missing.");

    /// <summary>Takes all values of an option.</summary>
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

    /// <summary>Takes what is left, which must be as many arguments as are named.</summary>
    public string[] Rest(params string[] names)
    {
        if (_left.Find(argument => argument.StartsWith('-')) is { } unknown)
            throw new UsageException($"{unknown} is no option of this command.");
        return _left.Count == names.Length
            ? [.. _left]
            : throw new UsageException(names.Length == 0 ? $"{_left[0]} is one argument too many." : $"Expected: {string.Join(' ', names)}.");
    }
}
