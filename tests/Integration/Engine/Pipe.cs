namespace StepCaRenew.Integration.Engine;

/// <summary>Joins two connections until one of them ends.</summary>
internal static class Pipe
{
    public static async Task JoinAsync(Stream one, Stream other)
    {
        try
        {
            await await Task.WhenAny(one.CopyToAsync(other), other.CopyToAsync(one));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }
}
