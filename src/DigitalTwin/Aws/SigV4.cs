using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace DigitalTwin.Aws;

/// <summary>
/// AWS Signature Version 4, in the Authorization header, for every service but S3 (which does not encode the path twice). See
/// "Create a signed AWS API request" in the IAM User Guide.
/// </summary>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Headers that proxies and the transport may change; <c>Authorization</c> is the result.</summary>
    private static readonly HashSet<string> Unsigned = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization", "Connection", "Content-Length", "Expect", "Transfer-Encoding", "User-Agent", "X-Amzn-Trace-Id",
    };

    /// <summary>Adds the date, the session's token and the signature. The body is <paramref name="body"/>, and no header may change after.</summary>
    public static void Sign(
        HttpRequestMessage request, ReadOnlySpan<byte> body, ImmutableCredentials credentials, string service, string region, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        request.Headers.TryAddWithoutValidation("X-Amz-Date", time);
        if (credentials.UseToken)
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", credentials.Token);
        }

        var (canonical, signedHeaders) = Canonical(request, body);
        var toSign = $"{Algorithm}\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.SecretKey);
        foreach (var part in scope.Split('/'))
        {
            key = Hmac(key, part);
        }

        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={credentials.AccessKey}/{scope}, SignedHeaders={signedHeaders}, Signature={Hex(Hmac(key, toSign))}");
    }

    private static (string Request, string SignedHeaders) Canonical(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        var address = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = request.Headers.Host ?? (address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}"),
        };
        Add(headers, request.Headers.NonValidated);
        if (request.Content is { } content)
        {
            Add(headers, content.Headers.NonValidated);
        }

        var names = string.Join(';', headers.Keys);
        var canonical = new StringBuilder()
            .Append(request.Method.Method).Append('\n')
            .Append(Path(address.AbsolutePath)).Append('\n')
            .Append(Query(address.Query)).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':').Append(value).Append('\n');
        }

        return (canonical.Append('\n').Append(names).Append('\n').Append(Hex(SHA256.HashData(body))).ToString(), names);
    }

    /// <summary>Runs of white space count as one space; several values are joined by commas.</summary>
    private static void Add(SortedDictionary<string, string> headers, HttpHeadersNonValidated own)
    {
        foreach (var (name, values) in own)
        {
            if (!Unsigned.Contains(name))
            {
                headers[name.ToLowerInvariant()] = string.Join(',', values.Select(value =>
                    string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
            }
        }
    }

    /// <summary>The path as it is sent, each part escaped once more. Empty parts do not count.</summary>
    private static string Path(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? "/" : $"/{string.Join('/', parts.Select(Uri.EscapeDataString))}{(path.EndsWith('/') ? "/" : "")}";
    }

    /// <summary>The query as it is sent, sorted by name and then by value.</summary>
    private static string Query(string query) => string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Name: pair[0], Value: pair.Length > 1 ? pair[1] : ""))
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);
}
