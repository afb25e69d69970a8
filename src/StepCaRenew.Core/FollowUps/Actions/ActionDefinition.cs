using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using StepCaRenew.FollowUps.Notifiers;

namespace StepCaRenew.FollowUps.Actions;

/// <summary>A task to run after a renewal. It comes from the call or the definition, never from the record of pending actions.</summary>
internal abstract record ActionDefinition
{
    /// <summary>A noun for messages, such as <c>action 'sh'</c>. It never holds an argument: arguments may be secret.</summary>
    public abstract string Description { get; }

    /// <summary>The time limit; null for that of the call. Not part of the identity.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The values that identify the action, its kind first. Only their hash is ever written to disk.</summary>
    internal abstract IReadOnlyList<string> Identity { get; }

    /// <summary>The hash of the identity, the same in every process and on every machine.</summary>
    internal string Hash => ActionHash.Compute(Identity);

    /// <summary>Checks, before the CA is asked, that the action can run.</summary>
    /// <exception cref="RenewalException">The action cannot run (<see cref="ErrorId.ActionInvalid"/>).</exception>
    public virtual void RequireRunnable(ActionHost host)
    {
    }

    /// <summary>Why an action failed whose time limit has passed, as a sentence.</summary>
    internal virtual string Overdue(TimeSpan limit) => $"it did not end within {limit.TotalSeconds:0.#} s, and its processes were ended.";

    /// <summary>Runs the action.</summary>
    /// <exception cref="RenewalException">The action failed (<see cref="ErrorId.ActionFailed"/>).</exception>
    internal abstract Task RunAsync(ActionContext context, CancellationToken cancellationToken);
}

/// <summary>Identifies an action without revealing its arguments.</summary>
internal static class ActionHash
{
    /// <summary>The length in characters.</summary>
    public const int Length = 64;

    /// <summary>SHA-256 over the parts, each with its length, so that different lists never hash the same bytes.</summary>
    public static string Compute(IReadOnlyList<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("stepcarenew-action-1"u8);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }
}

/// <summary>
/// The input of a running action. A variable that is null is removed from the environment of its processes. IsRetry: an earlier run
/// already tried the action, or was killed before it could.
/// </summary>
internal sealed record ActionContext(
    ActionHost Host, IReadOnlyList<RenewalResult> Results, IReadOnlyDictionary<string, string?> Variables, ILogger Logger, TimeProvider Clock, IStoppedServices Stopped, bool IsRetry)
{
    /// <summary>The failure or recovery that a notifier reports; null if the action follows a renewal.</summary>
    public Incident? Incident { get; init; }
}

/// <summary>The settings that all actions of one call share.</summary>
internal sealed record ActionHost
{
    /// <summary>The time limit of one action; then its processes are ended.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The folder that programs start in.</summary>
    public string WorkingDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>The PowerShell that runs scripts; null if not known.</summary>
    public string? PwshPath { get; init; }
}

/// <summary>Runs a script block in the caller's session.</summary>
internal interface IScriptBlockRunner
{
    /// <summary>Runs the script block of an action, with the results of the renewals.</summary>
    /// <returns>Its output as text, and why it failed; null if it did not fail.</returns>
    Task<(string Output, string? Failure)> RunAsync(IReadOnlyList<RenewalResult> results);

    /// <summary>Runs the script block of a notifier, with the failure or the recovery.</summary>
    /// <inheritdoc cref="RunAsync(IReadOnlyList{RenewalResult})"/>
    Task<(string Output, string? Failure)> RunAsync(Incident incident);
}

/// <summary>The record of services that an action stopped and that do not run again yet.</summary>
internal interface IStoppedServices
{
    /// <summary>Whether an earlier run recorded the service.</summary>
    bool Contains(string service);

    /// <summary>Removes services that run again: a later run must not start a service that an administrator stops.</summary>
    Task ForgetAsync(IEnumerable<string> services);

    /// <summary>Records services before they are stopped. The entry is removed when the action is done.</summary>
    /// <exception cref="RenewalException">The record cannot be written; then nothing must be stopped.</exception>
    Task RecordAsync(IEnumerable<string> services);
}
