using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace DigitalTwin.Owner;

/// <summary>
/// Tells whether a key is the owner's, as that is now. Their hashes are compared, in constant time. Where a user pool knows the owners no key
/// is: the gateway tells paths apart by case, and its authorizer does not stand before every way of writing a route.
/// </summary>
public sealed class OwnerKey(LiveSettings<OwnerSettings> settings)
{
    public bool Matches(string key)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> wanted = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), given);
        SHA256.HashData(Encoding.UTF8.GetBytes(settings.Now.Key), wanted);
        return CryptographicOperations.FixedTimeEquals(given, wanted) && settings.Now.UserPoolId.Length == 0;
    }
}

/// <summary>
/// Counts wrong keys: after five within a minute from one address, further tries wait until the minute is over. IPv6 counts by /64.
/// </summary>
public sealed class WrongKeyLimit(OwnerSettings settings, TimeProvider clock)
{
    private const int Allowed = 5;
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Tries> byAddress = new(StringComparer.Ordinal);

    /// <summary>Seconds until the address may try again; 0 when it may now.</summary>
    public int SecondsToWait(IPAddress? address) =>
        settings.LimitsEnabled
        && byAddress.TryGetValue(KeyOf(address), out var tries)
        && tries.Count >= Allowed
        && tries.Since + Window - clock.GetUtcNow() is { Ticks: > 0 } left
            ? (int)Math.Ceiling(left.TotalSeconds)
            : 0;

    /// <summary>Counts a wrong key. Returns 0 for one of the first five, and for a later one the seconds until the address may try again.</summary>
    public int NoteWrongKey(IPAddress? address)
    {
        var now = clock.GetUtcNow();
        if (byAddress.Count >= MostAddresses)
        {
            foreach (var (key, tries) in byAddress)
            {
                if (tries.Since + Window <= now)
                {
                    byAddress.TryRemove(KeyValuePair.Create(key, tries));
                }
            }
        }

        var counted = byAddress.AddOrUpdate(
            KeyOf(address),
            static (_, now) => new Tries(1, now),
            static (_, tries, now) => tries.Since + Window <= now ? new Tries(1, now) : tries with { Count = tries.Count + 1 },
            now);
        return counted.Count > Allowed ? SecondsToWait(address) : 0;
    }

    private static string KeyOf(IPAddress? address)
    {
        if (address is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8));
        }

        return address?.MapToIPv4().ToString() ?? "";
    }

    private sealed record Tries(int Count, DateTimeOffset Since);
}
