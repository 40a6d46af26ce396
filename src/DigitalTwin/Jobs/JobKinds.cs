namespace DigitalTwin.Jobs;

/// <summary>Which handler does which kind of job.</summary>
internal sealed class JobKinds(IEnumerable<JobKind> kinds, IServiceProvider services)
{
    private readonly Dictionary<string, JobKind> byName = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);

    /// <summary>The handler, or null for a kind of an older or newer version of the twin.</summary>
    public IJobHandler? Handler(string kind) =>
        byName.TryGetValue(kind, out var found) ? (IJobHandler)services.GetRequiredService(found.Handler) : null;

    /// <summary>The kind's own lease, if it has one.</summary>
    public TimeSpan? Lease(string kind) => byName.GetValueOrDefault(kind)?.Lease;
}

internal sealed record JobKind(string Name, Type Handler, TimeSpan? Lease);
