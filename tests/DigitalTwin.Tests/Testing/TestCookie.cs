using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DigitalTwin.Memory;

namespace DigitalTwin.Tests.Testing;

/// <summary>Visitor cookies as the server makes them, and as it must not accept them.</summary>
internal static class TestCookie
{
    public const string SigningKey = "the-signing-key-of-the-tests-0123456789abcdef";

    /// <summary>The value of a cookie; issued and last seen that long ago.</summary>
    public static string Of(string visitorId, TimeSpan issuedAgo = default, TimeSpan seenAgo = default, string signingKey = SigningKey)
    {
        static string Seconds(TimeSpan ago) => (TimeProvider.System.GetUtcNow() - ago).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        var payload = $"{visitorId}.{Seconds(issuedAgo)}.{Seconds(seenAgo)}";
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(signingKey), Encoding.UTF8.GetBytes(payload));
        return $"{payload}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A client that always sends exactly this cookie.</summary>
    public static HttpClient WithCookie(this TwinFixture twin, string value)
    {
        var client = twin.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"twin={value}");
        return client;
    }

    /// <summary>Our page in another site's frame: it always sends this cookie, under the frame's name, and says where it is.</summary>
    public static HttpClient WithEmbeddedCookie(this TwinFixture twin, string value)
    {
        var client = twin.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", $"twin-embedded={value}");
        client.DefaultRequestHeaders.Add(VisitorCookie.EmbeddedHeader, "1");
        return client;
    }

    /// <summary>A visitor who has been here, without having asked anything.</summary>
    public static HttpClient KnownVisitor(this TwinFixture twin) => twin.WithCookie(Of(TwinId.New("v-")));
}
