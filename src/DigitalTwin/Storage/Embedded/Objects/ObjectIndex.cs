using System.Diagnostics.CodeAnalysis;

namespace DigitalTwin.Storage.Embedded.Objects;

/// <summary>Which versions of which objects there are, in memory and in order.</summary>
internal sealed class ObjectIndex
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, List<ObjectFile>> byKey = new(StringComparer.Ordinal);

    /// <summary>Adds the newest version of its object.</summary>
    public void Add(ObjectFile version)
    {
        lock (gate)
        {
            if (!byKey.TryGetValue(version.Info.Key, out var versions))
            {
                byKey.Add(version.Info.Key, versions = []);
            }

            versions.Add(version);
        }
    }

    public void Remove(string key)
    {
        lock (gate)
        {
            byKey.Remove(key);
        }
    }

    /// <summary>All versions and deletions, oldest first.</summary>
    public IReadOnlyList<ObjectFile> Versions(string key)
    {
        lock (gate)
        {
            return byKey.TryGetValue(key, out var versions) ? [.. versions] : [];
        }
    }

    public ObjectFile? Current(string key)
    {
        lock (gate)
        {
            return byKey.TryGetValue(key, out var versions) && IsCurrent(versions, out var current) ? current : null;
        }
    }

    public IReadOnlyList<ObjectInfo> List(string prefix, string? after, int limit)
    {
        lock (gate)
        {
            return [.. byKey
                .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(entry.Key, after) > 0)
                .Select(entry => IsCurrent(entry.Value, out var current) ? current.Info : null)
                .OfType<ObjectInfo>()
                .Take(limit)];
        }
    }

    private static bool IsCurrent(List<ObjectFile> versions, [NotNullWhen(true)] out ObjectFile? current)
    {
        current = versions[^1];
        return !current.IsDeletion;
    }
}
