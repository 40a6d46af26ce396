using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// HTTP requests as events, payload format 2.0: of HTTP APIs
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html) and of function URLs
/// (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html).
/// </summary>
internal static class HttpEvent
{
    /// <summary>CloudFront adds it to every request for our origins; whoever calls them directly does not know its value.</summary>
    public const string OriginVerifyHeader = "X-Origin-Verify";

    public static bool Matches(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("requestContext", out var context) && context.ValueKind == JsonValueKind.Object && context.TryGetProperty("http", out _);

    /// <summary>Throws <see cref="BadEventException"/> when members that every such event has are missing or of another type.</summary>
    public static LambdaRequest Read(JsonElement json, LambdaSettings settings, long? maxBodySize)
    {
        try
        {
            return ReadRequest(json, settings, maxBodySize);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BadEventException("The HTTP event is not one of payload format 2.0.");
        }
    }

    private static LambdaRequest ReadRequest(JsonElement json, LambdaSettings settings, long? maxBodySize)
    {
        var context = json.GetProperty("requestContext");
        var http = context.GetProperty("http");
        var (path, query) = (Text(json, "rawPath") ?? "/", Text(json, "rawQueryString") ?? "");
        var body = BodyOf(json);
        var request = new LambdaRequest(body, maxBodySize)
        {
            Method = http.GetProperty("method").GetString()!,
            Protocol = Text(http, "protocol") ?? "HTTP/1.1",
            Path = Decoded(path.Length > 0 ? path : "/"),
            QueryString = query.Length > 0 ? "?" + query : "",
            RawTarget = query.Length > 0 ? $"{path}?{query}" : path,
            ConnectionId = Text(context, "requestId") ?? "",
            TakesStream = Text(context, "domainName")?.Contains(".lambda-url.", StringComparison.Ordinal) ?? false,
            Claims = ClaimsOf(context),
        };
        request.Body = request.OpenBody();
        ReadHeaders(json, request.Headers);
        request.Headers.ContentLength = body.Length > 0 ? body.Length : null;
        request.Scheme = request.Headers["X-Forwarded-Proto"] == "http" ? "http" : "https";
        request.RemoteIpAddress = IPAddress.TryParse(Text(http, "sourceIp"), out var source) ? source : null;
        if (TakeOriginProof(request.Headers, settings))
        {
            BelieveCloudFront(request);
        }

        return request;
    }

    /// <summary>A path with a NUL stays as it came and leads nowhere: anybody can send one, and it is no error of the function.</summary>
    private static string Decoded(string path) =>
        path.Contains("%00", StringComparison.Ordinal) || path.Contains('\0') ? path : PathString.FromUriComponent(path).Value!;

    private static void ReadHeaders(JsonElement json, IHeaderDictionary headers)
    {
        if (json.TryGetProperty("headers", out var sent))
        {
            foreach (var header in sent.EnumerateObject())
            {
                headers[header.Name] = header.Value.GetString();
            }
        }

        if (json.TryGetProperty("cookies", out var cookies) && cookies.ValueKind == JsonValueKind.Array)
        {
            headers.Cookie = string.Join("; ", cookies.EnumerateArray().Select(cookie => cookie.GetString()));
        }
    }

    private static byte[] BodyOf(JsonElement json)
    {
        if (!json.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return json.TryGetProperty("isBase64Encoded", out var encoded) && encoded.GetBoolean()
            ? body.GetBytesFromBase64()
            : Encoding.UTF8.GetBytes(body.GetString()!);
    }

    private static VerifiedClaims? ClaimsOf(JsonElement context) =>
        context.TryGetProperty("authorizer", out var authorizer)
        && authorizer.TryGetProperty("jwt", out var jwt)
        && jwt.TryGetProperty("claims", out var claims)
        && claims.ValueKind == JsonValueKind.Object
            ? new VerifiedClaims(claims.EnumerateObject().ToDictionary(claim => claim.Name, claim => claim.Value.ToString(), StringComparer.Ordinal))
            : null;

    /// <summary>Compared in constant time, and taken away: nobody behind needs it.</summary>
    private static bool TakeOriginProof(IHeaderDictionary headers, LambdaSettings settings)
    {
        if (!headers.Remove(OriginVerifyHeader, out StringValues proof))
        {
            return false;
        }

        var given = SHA256.HashData(Encoding.UTF8.GetBytes(proof.ToString()));
        var found = false;
        foreach (var secret in settings.OriginSecrets)
        {
            found |= CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        }

        return found;
    }

    /// <summary>
    /// The gateway sees CloudFront's own address and calls itself by its own name; the visitor's address and the name that the visitor
    /// called, CloudFront alone knows. The template's function VisitorHeaders tells both.
    /// </summary>
    private static void BelieveCloudFront(LambdaRequest request)
    {
        if (IPAddress.TryParse(ViewerAddress(request.Headers), out var address))
        {
            request.RemoteIpAddress = address;
        }

        if (request.Headers["X-Forwarded-Host"] is [{ Length: > 0 } host])
        {
            request.Headers.Host = host;
        }
    }

    /// <summary>The function's header, or else CloudFront's own, which another distribution may send: it ends with the port.</summary>
    private static ReadOnlySpan<char> ViewerAddress(IHeaderDictionary headers)
    {
        if (headers["X-Viewer-Address"] is [{ Length: > 0 } viewer])
        {
            return viewer;
        }

        var withPort = headers["CloudFront-Viewer-Address"].ToString();
        return withPort.AsSpan(0, Math.Max(0, withPort.LastIndexOf(':')));
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
