using System.Text;

namespace StepCaRenew.Scheduling.Systemd;

/// <summary>Splits a value into words at white space that is not quoted or escaped.</summary>
internal static class UnitWords
{
    private const char None = '\0';

    public static IReadOnlyList<string> Split(string value)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = None;
        for (var i = 0; i < value.Length; i++)
        {
            var one = value[i];
            if (quote == None && char.IsWhiteSpace(one))
            {
                if (word is not null)
                    words.Add(word.ToString());
                word = null;
                continue;
            }

            word ??= new();
            if (one == '\\' && i + 1 < value.Length)
                word.Append(value[++i]);
            else if (quote == None && (one is '"' or '\''))
                quote = one;
            else if (one == quote)
                quote = None;
            else
                word.Append(one);
        }

        if (word is not null)
            words.Add(word.ToString());
        return words;
    }
}
