using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DigitalTwin.Memory;

/// <summary>
/// Who the visitor is: an id in a cookie that only this server can make. The value is
/// <c>{visitor}.{issued}.{seen}.{signature}</c>, times in Unix seconds, signed with HMAC-SHA256. It lives for 30 days at most and
/// for 24 hours without a visit. A cookie that does not verify is no cookie.
/// </summary>
/// <remarks>
/// Browsers never send a Lax cookie for a page in another site's frame. That page says where it is by a header, and has a cookie of its
/// own there, partitioned by the site around it (docs/decisions/004). A request reads and sets the one or the other, so a visitor
/// in a frame is never the visitor of our own page.
/// </remarks>
public sealed class VisitorCookie(LiveSettings<MemorySettings> settings, TimeProvider clock)
{
    /// <summary>With the value <c>1</c>: the request comes from our page in a frame. A foreign page cannot send it without our consent (CORS).</summary>
    public const string EmbeddedHeader = "X-Twin-Embedded";

    private const string SecurePrefix = "__Host-";
    private const string OwnName = "twin";
    private const string EmbeddedName = "twin-embedded";
    private const int SignatureBytes = 32;
    private const int LongestValue = 256;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan IdleLifetime = TimeSpan.FromHours(24);

    /// <summary>How stale the "seen" time may become before the cookie is sent anew.</summary>
    private static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);

    /// <summary>The visitor of this request, or null when there is no valid cookie. Refreshes the cookie when it is due.</summary>
    public string? Read(HttpContext context)
    {
        if (context.Request.Cookies[NameFor(context)] is not { Length: <= LongestValue } value || !TryVerify(value, out var visitor))
        {
            return null;
        }

        if (clock.GetUtcNow() - visitor.Seen > RefreshAfter)
        {
            Write(context, visitor with { Seen = clock.GetUtcNow() });
        }

        return visitor.Id;
    }

    /// <summary>The visitor of this request; a new one, with a cookie in the response, when there is none.</summary>
    public string Ensure(HttpContext context)
    {
        if (Read(context) is { } known)
        {
            return known;
        }

        var now = clock.GetUtcNow();
        var visitor = new SignedVisitor(TwinId.New("v-"), now, now);
        Write(context, visitor);
        return visitor.Id;
    }

    /// <summary>Takes the cookie back, after an erasure.</summary>
    public static void Forget(HttpContext context) =>
        context.Response.Cookies.Delete(NameFor(context), Options(context, TimeSpan.Zero));

    private static bool IsEmbedded(HttpContext context) => context.Request.Headers[EmbeddedHeader] == "1";

    private static string NameFor(HttpContext context)
    {
        var name = IsEmbedded(context) ? EmbeddedName : OwnName;
        return context.Request.IsHttps ? SecurePrefix + name : name;
    }

    /// <summary>A cookie for frames has to be Secure; on plain http browsers keep such a one from localhost only.</summary>
    private static CookieOptions Options(HttpContext context, TimeSpan maxAge)
    {
        var embedded = IsEmbedded(context);
        var options = new CookieOptions
        {
            HttpOnly = true,
            Secure = embedded || context.Request.IsHttps,
            SameSite = embedded ? SameSiteMode.None : SameSiteMode.Lax,
            Path = "/",
            MaxAge = maxAge,
        };
        if (embedded)
        {
            options.Extensions.Add("Partitioned");
        }

        return options;
    }

    private void Write(HttpContext context, SignedVisitor visitor)
    {
        var payload = string.Create(
            CultureInfo.InvariantCulture, $"{visitor.Id}.{visitor.Issued.ToUnixTimeSeconds()}.{visitor.Seen.ToUnixTimeSeconds()}");
        Span<byte> signature = stackalloc byte[SignatureBytes];
        Sign(settings.Now.SigningKey, payload, signature);
        context.Response.Cookies.Append(
            NameFor(context), $"{payload}.{Base64Url.EncodeToString(signature)}", Options(context, visitor.Issued + Lifetime - clock.GetUtcNow()));
    }

    private bool TryVerify(string value, out SignedVisitor visitor)
    {
        visitor = default;
        var end = value.LastIndexOf('.');
        if (end < 0 || !HasValidSignature(value.AsSpan(0, end), value.AsSpan(end + 1)))
        {
            return false;
        }

        var parts = value[..end].Split('.');
        if (parts.Length != 3
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var issued)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seen))
        {
            return false;
        }

        visitor = new SignedVisitor(parts[0], DateTimeOffset.FromUnixTimeSeconds(issued), DateTimeOffset.FromUnixTimeSeconds(seen));
        var now = clock.GetUtcNow();
        return now - visitor.Issued <= Lifetime && now - visitor.Seen <= IdleLifetime;
    }

    private bool HasValidSignature(ReadOnlySpan<char> payload, ReadOnlySpan<char> signature)
    {
        var now = settings.Now;
        return IsSignature(now.SigningKey, payload, signature)
            || (now.PreviousSigningKey is { } previous && IsSignature(previous, payload, signature))
            || (now.NextSigningKey is { } next && IsSignature(next, payload, signature));
    }

    /// <summary>Compared as text: a signature has one spelling, and whatever a client sent is never decoded.</summary>
    private static bool IsSignature(string key, ReadOnlySpan<char> payload, ReadOnlySpan<char> signature)
    {
        Span<byte> bytes = stackalloc byte[SignatureBytes];
        Sign(key, payload, bytes);
        Span<char> expected = stackalloc char[Base64Url.GetEncodedLength(SignatureBytes)];
        Base64Url.EncodeToChars(bytes, expected);
        return CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(signature), MemoryMarshal.AsBytes(expected));
    }

    private static void Sign(string key, ReadOnlySpan<char> payload, Span<byte> signature)
    {
        Span<byte> bytes = stackalloc byte[LongestValue * 3];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), bytes[..Encoding.UTF8.GetBytes(payload, bytes)], signature);
    }

    private readonly record struct SignedVisitor(string Id, DateTimeOffset Issued, DateTimeOffset Seen);
}
