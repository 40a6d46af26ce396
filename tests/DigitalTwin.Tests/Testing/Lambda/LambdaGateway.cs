using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Tests.Testing.Lambda;

/// <summary>
/// What stands before the functions on AWS, on the loopback: it makes an event of payload format 2.0 of each HTTP request and an HTTP
/// response of the answer. The routes that CloudFront sends to the function URL are streamed, all others come whole through the HTTP
/// API. It needs nothing but ASP.NET Core, so that other test projects can link the file.
/// </summary>
public sealed class LambdaGateway : IAsyncDisposable
{
    private static readonly string[] NeverPassedOn = ["connection", "transfer-encoding", "keep-alive", "upgrade", "cookie"];

    private readonly LoopbackRuntimeApi functions;
    private readonly IReadOnlyDictionary<string, string>? ownerTokens;
    private readonly WebApplication app;

    private LambdaGateway(LoopbackRuntimeApi functions, IReadOnlyDictionary<string, string>? ownerTokens)
    {
        (this.functions, this.ownerTokens) = (functions, ownerTokens);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        app = builder.Build();
        app.Run(HandleAsync);
    }

    public Uri Address => new(app.Urls.Single());

    /// <param name="ownerTokens">
    /// The tokens that the owner's user pool gave out, each with its bearer's groups; null when there is no pool, and so no authorizer before
    /// the owner's routes.
    /// </param>
    public static async Task<LambdaGateway> StartAsync(LoopbackRuntimeApi functions, IReadOnlyDictionary<string, string>? ownerTokens = null)
    {
        var gateway = new LambdaGateway(functions, ownerTokens);
        await gateway.app.StartAsync();
        return gateway;
    }

    /// <summary>The event that the HTTP API, or the function URL, makes of a request.</summary>
    /// <param name="groups">What the authorizer has read in the token; null where none stands before the route.</param>
    public static async Task<string> EventOfAsync(HttpContext context, bool throughFunctionUrl, string? groups = null)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        // Before the server decoded it: an encoded path goes on as it came.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        using var text = new MemoryStream();
        await using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("version", "2.0");
            json.WriteString("routeKey", "$default");
            json.WriteString("rawPath", path);
            json.WriteString("rawQueryString", query);
            WriteHeaders(json, request);
            WriteContext(json, context, path, throughFunctionUrl, groups);
            if (body.Length > 0)
            {
                WriteBody(json, body.ToArray(), request.ContentType);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    private static bool GoesToFunctionUrl(PathString path) =>
        path.StartsWithSegments("/api/chat/stream") || path.StartsWithSegments("/api/chat/turns") || path == "/api/memory/export";

    private async Task HandleAsync(HttpContext context)
    {
        string? groups = null;
        if (ownerTokens is not null && context.Request.Path.StartsWithSegments("/api/owner") && !ownerTokens.TryGetValue(TokenOf(context), out groups))
        {
            await RefuseAsync(context);
            return;
        }

        var streams = GoesToFunctionUrl(context.Request.Path);
        using var call = functions.Invoke(await EventOfAsync(context, streams, groups));
        try
        {
            if (await Task.WhenAny(call.Answer, call.Streamed) == call.Streamed)
            {
                await call.Streamed;
                await StreamAsync(context, call);
            }
            else
            {
                await WholeAsync(context, await call.Answer);
            }
        }
        catch (LambdaFailedException)
        {
            context.Response.StatusCode = StatusCodes.Status502BadGateway;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"message":"Internal Server Error"}""");
        }
    }

    private static string TokenOf(HttpContext context) => context.Request.Headers.Authorization.ToString().Split(' ')[^1];

    /// <summary>As the HTTP API itself answers: no event is made.</summary>
    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "application/json";
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return context.Response.WriteAsync("""{"message":"Unauthorized"}""");
    }

    private static async Task WholeAsync(HttpContext context, string answer)
    {
        using var json = JsonDocument.Parse(answer);
        ReadHead(context.Response, json.RootElement);
        var body = json.RootElement.GetProperty("body");
        var bytes = json.RootElement.GetProperty("isBase64Encoded").GetBoolean() ? body.GetBytesFromBase64() : Encoding.UTF8.GetBytes(body.GetString()!);
        if (bytes.Length > 0)
        {
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    /// <summary>JSON up to eight zero bytes, then the body as it comes.</summary>
    private static async Task StreamAsync(HttpContext context, LambdaCall call)
    {
        await using var leaves = context.RequestAborted.Register(call.Leave);
        var prelude = new MemoryStream();
        var begun = false;
        await foreach (var piece in call.Pieces.ReadAllAsync(CancellationToken.None))
        {
            var body = piece.Bytes.AsMemory();
            if (!begun)
            {
                prelude.Write(piece.Bytes);
                var end = prelude.ToArray().AsSpan().IndexOf(new byte[8]);
                if (end < 0)
                {
                    continue;
                }

                using var json = JsonDocument.Parse(prelude.ToArray().AsMemory(0, end));
                ReadHead(context.Response, json.RootElement);
                body = prelude.ToArray().AsMemory(end + 8);
                begun = true;
            }

            // A response that may have no body does not even take an empty one.
            if (!body.IsEmpty)
            {
                await context.Response.Body.WriteAsync(body, CancellationToken.None);
            }

            await context.Response.Body.FlushAsync(CancellationToken.None);
        }

        if (await call.Ended is not null)
        {
            context.Abort();
        }
    }

    private static void ReadHead(HttpResponse response, JsonElement head)
    {
        response.StatusCode = head.GetProperty("statusCode").GetInt32();
        foreach (var header in head.GetProperty("headers").EnumerateObject())
        {
            response.Headers[header.Name] = header.Value.GetString();
        }

        if (head.TryGetProperty("cookies", out var cookies))
        {
            foreach (var cookie in cookies.EnumerateArray())
            {
                response.Headers.Append("Set-Cookie", cookie.GetString());
            }
        }
    }

    private static void WriteHeaders(Utf8JsonWriter json, HttpRequest request)
    {
        if (request.Headers.Cookie.Count > 0)
        {
            json.WriteStartArray("cookies");
            foreach (var cookie in request.Headers.Cookie.SelectMany(line => line!.Split("; ")))
            {
                json.WriteStringValue(cookie);
            }

            json.WriteEndArray();
        }

        json.WriteStartObject("headers");
        foreach (var (name, values) in request.Headers)
        {
            if (!NeverPassedOn.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                json.WriteString(name.ToLowerInvariant(), string.Join(',', values.AsEnumerable()));
            }
        }

        json.WriteString("x-forwarded-proto", request.Scheme);
        json.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter json, HttpContext context, string path, bool throughFunctionUrl, string? groups)
    {
        var domain = throughFunctionUrl ? "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws" : "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";
        json.WriteStartObject("requestContext");
        json.WriteString("accountId", throughFunctionUrl ? "anonymous" : "123456789012");
        json.WriteString("apiId", domain.Split('.')[0]);
        json.WriteString("domainName", domain);
        json.WriteString("requestId", context.TraceIdentifier);
        json.WriteString("routeKey", "$default");
        json.WriteString("stage", "$default");
        json.WriteStartObject("http");
        json.WriteString("method", context.Request.Method);
        json.WriteString("path", path);
        json.WriteString("protocol", "HTTP/1.1");
        json.WriteString("sourceIp", context.Connection.RemoteIpAddress?.MapToIPv4().ToString() ?? "127.0.0.1");
        json.WriteString("userAgent", context.Request.Headers.UserAgent.ToString());
        json.WriteEndObject();
        json.WriteNumber("timeEpoch", TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        if (groups is not null)
        {
            json.WriteStartObject("authorizer");
            json.WriteStartObject("jwt");
            json.WriteStartObject("claims");
            json.WriteString("sub", "5c1f0c9e-8b1a-4d43-9f39-0123456789ab");
            json.WriteString("cognito:groups", groups);
            json.WriteEndObject();
            json.WriteNull("scopes");
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, byte[] body, string? contentType)
    {
        var isText = contentType is not null
            && (contentType.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || contentType.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
            && System.Text.Unicode.Utf8.IsValid(body);
        json.WriteBoolean("isBase64Encoded", !isText);
        if (isText)
        {
            json.WriteString("body", body);
        }
        else
        {
            json.WriteBase64String("body", body);
        }
    }
}
