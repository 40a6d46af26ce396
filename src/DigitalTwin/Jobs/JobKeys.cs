using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>Where jobs stand in the table and in its index.</summary>
internal static class JobKeys
{
    /// <summary>An index partition of a managed table takes so many writes a second only, so each state is spread over a few.</summary>
    public const int Shards = 4;

    private const string IdPrefix = "j-";
    private const string ItemPrefix = "JOB#";
    private const int IdBytes = 16;

    public static ItemKey Job(string id) => new(ItemPrefix + id, "META");

    public static string IdOf(ItemKey key) => key.PK[ItemPrefix.Length..];

    public static string NewId() => TwinId.New(IdPrefix);

    /// <summary>The one id of a kind and a key. It is a hash, so that it tells nobody the key.</summary>
    public static string IdOf(string kind, string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{key}"), hash);
        return IdPrefix + Base64Url.EncodeToString(hash[..IdBytes]);
    }

    /// <summary>Whether the text could be a job's id at all.</summary>
    public static bool IsId(string text) =>
        text.Length == IdPrefix.Length + Base64Url.GetEncodedLength(IdBytes)
        && text.StartsWith(IdPrefix, StringComparison.Ordinal)
        && Base64Url.IsValid(text.AsSpan(IdPrefix.Length));

    /// <summary>Sorts the jobs of a state by the time that matters in it.</summary>
    public static IndexKey InState(JobState state, string id, DateTimeOffset at) =>
        new(Partition(state, id[^2] % Shards), string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}#{id}"));

    public static string Partition(JobState state, int shard) => state switch
    {
        JobState.Ready => $"JOBS#ready#{shard}",
        JobState.Running => $"JOBS#running#{shard}",
        JobState.Done => $"JOBS#done#{shard}",
        _ => $"JOBS#failed#{shard}",
    };
}
